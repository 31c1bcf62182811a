import fc from 'fast-check'
import { anyCharacter } from '../any-character.ts'

/** What breaks software: NUL, halves of pairs, what NFC lengthens or joins, what is not drawn. */
const oddTexts = [
  ...['', ' ', '\u0000', 'a\u0000b', '\ud800', 'a\udc00', '\ud83d\ude00', '\ufeffAda', '\ufffe'],
  ...['\u200b', 'A\u200bda', '\u0301', 'e\u0301', '\u0958', '\u{1d15e}', '\ufb2c', '\u1100\u1161'],
  ...['\u3000Ada', 'Ada\u2028', '\u202eadA', '\u0130', '\u1e9e', '%', '_', '\\', "'", '"', '$1'],
  ...['\u0958'.repeat(100), '\u0958'.repeat(101), 'e\u0301'.repeat(200), 'e\u0301'.repeat(201)],
  ...['\u{1f468}\u200d\u{1f469}\u200d\u{1f467}', 'null', 'NaN', '__proto__', "'; drop table users"],
  ...[200, 201, 254, 255, 4_000, 17_000].map((length) => 'a'.repeat(length)),
]

/** Of some scripts. fast-check's own graphemes take two seconds to prepare. */
const scripts: readonly [first: number, last: number][] = [
  [0x41, 0x7a],
  [0xc0, 0x24f],
  [0x391, 0x3c9],
  [0x410, 0x44f],
  [0x5d0, 0x5ea],
  [0x915, 0x939],
  [0x3041, 0x3096],
  [0x4e00, 0x9fff],
  [0xac00, 0xd7a3],
  [0x1f600, 0x1f64f],
]
const letter = fc.oneof(
  ...scripts.map(([min, max]) =>
    fc.integer({ min, max }).map((code) => String.fromCodePoint(code)),
  ),
)

export const anyText = fc.oneof(
  fc.constantFrom(...oddTexts),
  fc.string({ unit: anyCharacter }),
  fc.string({ unit: letter }),
)

const anyNumber = fc.oneof(
  fc.constantFrom('0', '-0', '1e999', '-1e999', '9007199254740993', '1e-400', '9'.repeat(400)),
  fc.double().map((value) => JSON.stringify(value)),
)

/** JSON as a text: numbers that no `number` holds, and nesting, included. */
export const anyJson = fc.oneof(
  anyText.map((text) => JSON.stringify(text)),
  anyNumber,
  fc.jsonValue().map((value) => JSON.stringify(value)),
  fc.constantFrom('null', 'true', '{}', '[]', `${'['.repeat(3_000)}${']'.repeat(3_000)}`),
)

type Mix = <Value>(good: fc.Arbitrary<Value>, odd: fc.Arbitrary<Value>) => fc.Arbitrary<Value>

/** For values. */
export const mostly: Mix = (good, odd) =>
  fc.oneof({ weight: 5, arbitrary: good }, { weight: 1, arbitrary: odd })

/** For what has the whole request refused, so that enough of them get through. */
export const nearlyAlways: Mix = (good, odd) =>
  fc.oneof({ weight: 20, arbitrary: good }, { weight: 1, arbitrary: odd })

export const goodName = fc.oneof(
  fc.constantFrom('Ada Lovelace', '\u958b\u767a', 'Zoe\u0308', '\u0958', 'O\u2019Neil', '=1+1'),
  fc.string({ unit: letter, minLength: 1, maxLength: 30 }),
)

/** Good but for one character, perhaps. */
export const oddName = fc
  .tuple(goodName, fc.constantFrom(...oddTexts), goodName)
  .chain(([start, odd, end]) =>
    fc.constantFrom(`${start}${odd}${end}`, `${odd}${end}`, start + odd),
  )

export const goodEmail = fc.emailAddress()

const label = 'a'.repeat(63)
export const oddEmail = fc.constantFrom(
  ...['ada', '@b.de', 'a@b', 'a@b.de ', 'a@-b.de', 'a@b..de', '"a"@b.de', "o'neil@example.com"],
  ...['ADA@EXAMPLE.COM', 'zo\u00eb@example.com', 'a@b.\u0434\u0435', 'a@xn--p1ai.de'],
  ...[64, 65].map((length) => `${'a'.repeat(length)}@b.de`),
  ...[63, 64].map((length) => `a@${'b'.repeat(length)}.de`),
  ...[253, 254, 255].map((length) => `${`a@${`${label}.`.repeat(4)}`.slice(0, length - 3)}.de`),
)
