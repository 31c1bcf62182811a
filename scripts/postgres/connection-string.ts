import { isPostgresUrl } from '../../src/config.ts'
import { faultOfParameters } from './connection-parameters.ts'

export const urlNames = ['DATABASE_URL', 'DATABASE_URL_DIRECT'] as const

const form = 'postgresql://USER:PASSWORD@HOST/DATABASE'

/** Named in a sentence: any other beginning of a value may be a part of a password. */
const otherSchemes = /^(https?|mysql|mariadb|sqlite|file|jdbc|mongodb|redis|prisma|pg|psql):/i

const toEncode =
  'A character in its user or password must be percent-encoded: write @ as %40, : as %3A, / as ' +
  '%2F, # as %23, ? as %3F and % as %25.'

export const faultOfExample = (name: string) =>
  `${name} is still the one of .dev.vars.example. Put the address of your database there.`

/**
 * What is wrong with a connection string, as a sentence that holds no secret part of it. Every command asks
 * this before it connects: wherever pg, psql, the Neon driver and `URL` would understand an address
 * differently, nobody knows where it leads.
 */
export function faultOfUrl(name: string, value: string): string | undefined {
  if (value === '') {
    return `${name} is empty. Give it the address of a database, or remove it.`
  }
  if (/^psql\s/.test(value)) {
    return `${name} begins with the command psql. Keep the address alone, without it and its quotes.`
  }
  if (/^[\s'"`\u2018-\u201F]|[\s'"`\u2018-\u201F;,]$/.test(value)) {
    return `${name} has quotes, white space or other signs around its address. Remove them.`
  }
  const [, scheme] = otherSchemes.exec(value) ?? []
  if (scheme !== undefined) {
    return `${name} begins with ${scheme.toLowerCase()}:, and only PostgreSQL will do. Write ${form}.`
  }
  if (/\/\/(?:USER|OWNER):PASSWORD@/.test(value)) {
    return faultOfExample(name)
  }
  return isPostgresUrl(value)
    ? (faultOfHost(name, value) ??
        faultOfEncoding(name, value) ??
        faultOfPassword(name, value) ??
        faultOfParameters(name, new URL(value)))
    : faultOfParts(name, value)
}

function faultOfHost(name: string, value: string): string | undefined {
  return new URL(value).hostname.includes(',')
    ? `${name} names several hosts. Write the one that takes writes.`
    : undefined
}

/** As consoles show it until somebody asks for it, and as guides write it. */
function faultOfPassword(name: string, value: string): string | undefined {
  const password = decodeURIComponent(new URL(value).password)
  return /^(?:[*•]+|\$?[[{<][A-Z][A-Z _-]*[\]}>])$/i.test(password)
    ? `${name} has something in place of its password. Put the password itself there.`
    : undefined
}

function faultOfParts(name: string, value: string): string {
  if (/^postgres(?:ql)?:\/\/(?:[^@/]*@)?%2f/i.test(value)) {
    return `${name} leads to a Unix socket, which the Worker cannot reach. Write localhost as its host.`
  }
  if (/^postgres(?:ql)?:\/\/[^/]*,[^/]*\//.test(value)) {
    return `${name} names several hosts. Write the one that takes writes.`
  }
  if (/^postgres(?:ql)?:\/\/.*[/?#[\]\\^|<>].*@/.test(value)) {
    return `${name} is broken. ${toEncode}`
  }
  if (/^postgres(?:ql)?:\/\/(?:[^@/]*@)?(?:[:/?]|$)/.test(value)) {
    return /[?&]host=/.test(value)
      ? `${name} has a parameter host: write the host into the address itself.`
      : `${name} names no host. Write ${form}.`
  }
  if (/^postgres(?:ql)?:\/\/(?:@|[^@]*$)/.test(value)) {
    return `${name} names no user. Write ${form}.`
  }
  if (/^postgres(?:ql)?:\/\/[^@]*@[^/]*\/?(?:\?|$)/.test(value)) {
    return `${name} names no database. Write ${form}.`
  }
  return (
    `${name} is not a PostgreSQL connection string. It must read ${form}, with special characters ` +
    'percent-encoded.'
  )
}

/** Hosted Neon takes a stray percent sign for itself; others do not. */
function faultOfEncoding(name: string, value: string): string | undefined {
  const { username, password, pathname } = new URL(value)
  try {
    decodeURIComponent(`${username}${password}${pathname}`)
    return undefined
  } catch {
    return `${name} has a percent sign that stands for itself. Write it as %25.`
  }
}

/** An address that can be used, if there is one. */
export function usableUrl(
  variables: Readonly<Record<string, string | undefined>>,
  name: (typeof urlNames)[number],
): string | undefined {
  const value = variables[name]
  return value !== undefined && faultOfUrl(name, value) === undefined ? value : undefined
}
