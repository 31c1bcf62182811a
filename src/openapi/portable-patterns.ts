/** Halves of pairs, which no UTF-8 holds, and code points beyond U+FFFF as `\u{…}`. */
const unwritable = /\\ud800-\\udfff|\\u\{\w+\}(?:-\\u\{\w+\})?/g

/** The rest, which RE2 does not read. It takes `\xHH`, or the character itself. */
const escaped = /\\u(\w{4})/g

const writable = (_: string, hex: string) =>
  hex.startsWith('00') ? `\\x${hex.slice(2)}` : String.fromCodePoint(Number.parseInt(hex, 16))

const translate = (pattern: string) =>
  pattern.replaceAll(unwritable, '').replaceAll(escaped, writable)

/**
 * Writes the patterns of a schema as other languages read them, too. They then allow a little more
 * than the service does, which the descriptions tell. Each says that it is of a text: generators
 * take one without a type for one of anything.
 */
export const portable = <Schema>(schema: Schema): Schema =>
  JSON.parse(JSON.stringify(schema), (_, value) =>
    typeof value?.pattern === 'string'
      ? { type: 'string', ...value, pattern: translate(value.pattern) }
      : value,
  )
