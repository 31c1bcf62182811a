import { rule, surrogates } from './rule.ts'

/** Of a text that may have several lines, such as notes. */
export const multilineRule = rule(
  'must not hold a control character but tabs and line breaks, nor half of a surrogate pair',
  (classOf) =>
    `^[^${classOf([[0x00, 0x08], [0x0b, 0x0c], [0x0e, 0x1f], [0x7f, 0x9f], ...surrogates])}]*$`,
)
