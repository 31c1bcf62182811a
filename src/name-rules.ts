import { type CodePoints, rule, surrogates } from './rule.ts'

// What a name may hold is put together in fields.ts, which adds NFC and what only new names must keep.
//
// The lists are explicit because JavaScript's `\s` and `trim`, PostgreSQL's `\s` and `btrim`, and
// two versions of Unicode all differ here.

/** C0, DEL and C1. */
const controls: CodePoints = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
]

/** The property White_Space of Unicode 16, less the control characters. */
const whiteSpace: CodePoints = [
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
]

/** The property Default_Ignorable_Code_Point of Unicode 16: drawn as nothing. */
const invisible: CodePoints = [
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x202a, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff0, 0xfff8],
  [0x1bca0, 0x1bca3],
  [0x1d173, 0x1d17a],
  [0xe0000, 0xe0fff],
]

/**
 * These change the direction of the text behind them (UAX #9), so that one name can pass for
 * another.
 */
const directions: CodePoints = [
  [0x202a, 0x202e],
  [0x2066, 0x2069],
]

/** In code points, counted after normalisation to NFC, which can lengthen a text. */
export const nameMaxLength = 200

/** A name in NFC must match every one of these, and have the right length. */
export const nameRules = {
  controls: rule(
    'must not hold a control character or half of a surrogate pair',
    (classOf) => `^[^${classOf([...controls, ...surrogates])}]*$`,
  ),
  // The constraints of the table were made with a look-ahead and a look-behind, and stay so. For a
  // name, which is never empty, the patterns without them mean the same, and more readers of a JSON
  // Schema understand those. (V8 14 does not find a last character beyond U+FFFF with `[^ ]$`
  // alone.)
  start: rule(
    'must not begin with white space',
    (classOf) => `^[^${classOf(whiteSpace)}]`,
    (classOf) => `^(?![${classOf(whiteSpace)}])`,
  ),
  end: rule(
    'must not end with white space',
    (classOf) => `^[\\s\\S]*[^${classOf(whiteSpace)}]$`,
    (classOf) => `(?<![${classOf(whiteSpace)}])$`,
  ),
  visible: rule(
    'must hold at least one visible character',
    (classOf) => `[^${classOf([...controls, ...surrogates, ...whiteSpace, ...invisible])}]`,
  ),
}

/**
 * For new names alone. The table does not have this rule: a constraint would refuse every change to
 * a row whose name is older than the rule, even a change to another field.
 */
export const newNameRules = {
  directions: rule(
    'must not hold a character that overrides or isolates the direction of text',
    (classOf) => `^[^${classOf(directions)}]*$`,
  ),
}

/**
 * All of these rules as one pattern, for the contract: of a schema with several generators make a
 * class.
 */
const onePattern = (refused: CodePoints): string =>
  rule('', (classOf) => {
    const inner = [...controls, ...surrogates, ...refused]
    const edge = [...inner, ...whiteSpace]
    const [any, first, seen] = [inner, edge, [...edge, ...invisible]].map(
      (codePoints) => `[^${classOf(codePoints)}]`,
    )
    return `^(?:${first}${any}*)?${seen}(?:${any}*${first})?$`
  }).pattern

export const namePattern = () => onePattern([])
export const newNamePattern = () => onePattern(directions)
