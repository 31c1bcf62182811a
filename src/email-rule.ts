import { rule } from './rule.ts'

/**
 * In octets, which are characters here: an address is ASCII. RFC 5321 section 4.5.3.1.3, less `<>`.
 */
export const emailMaxLength = 254

/** The local part's limit is that of RFC 5321 section 4.5.3.1.1. */
const emailLocalPart = "[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}"
const domainLabel = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?'

/** "Valid email address" of the HTML standard, with at least one dot in the domain. */
export const emailRule = rule(
  'must be an email address with a dot in its domain, such as ada@example.com',
  () => `^${emailLocalPart}@${domainLabel}(?:\\.${domainLabel})+$`,
)
