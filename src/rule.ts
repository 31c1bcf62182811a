/** Inclusive ranges of code points. */
export type CodePoints = readonly (readonly [first: number, last: number])[]

/** Halves of UTF-16 pairs: JSON can carry them alone, PostgreSQL cannot store them. */
export const surrogates: CodePoints = [[0xd800, 0xdfff]]

/**
 * A pattern that a text must match, in ECMAScript and in PostgreSQL, and what to say when it does
 * not.
 */
export type Rule = {
  /** Source of a regular expression with the flag `u`, fit for `pattern` in JSON Schema. */
  pattern: string
  /** The same for PostgreSQL's `~`. */
  sqlPattern: string
  detail: string
}

type ClassOf = (codePoints: CodePoints) => string

const hex = (codePoint: number) => codePoint.toString(16).padStart(4, '0')

const classWith = (encode: (codePoint: number) => string, codePoints: CodePoints) =>
  codePoints
    .map(([first, last]) => (first === last ? encode(first) : `${encode(first)}-${encode(last)}`))
    .join('')

// Without braces where possible: many readers of a JSON Schema forget the flag `u`.
const ecmaScriptClass: ClassOf = (codePoints) =>
  classWith(
    (codePoint) => (codePoint > 0xffff ? `\\u{${hex(codePoint)}}` : `\\u${hex(codePoint)}`),
    codePoints,
  )

// A text in PostgreSQL has neither U+0000 nor surrogates, and its regular expressions refuse them.
const sqlClass: ClassOf = (codePoints) =>
  classWith(
    (codePoint) =>
      codePoint > 0xffff ? `\\U${hex(codePoint).padStart(8, '0')}` : `\\u${hex(codePoint)}`,
    codePoints
      .filter((range) => !surrogates.includes(range))
      .map(([first, last]) => [Math.max(first, 1), last]),
  )

type PatternOf = (classOf: ClassOf) => string

export const rule = (detail: string, pattern: PatternOf, sqlPattern = pattern): Rule => ({
  pattern: pattern(ecmaScriptClass),
  sqlPattern: sqlPattern(sqlClass),
  detail,
})
