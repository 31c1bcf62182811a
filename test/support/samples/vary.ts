import { faultsOf, isUnique, keywordsOf, propertiesOf, type Schema } from '../contract.ts'

let labels = 0

/** Of this process alone. */
export function nextLabel(): string {
  labels += 1
  return labelOf(labels)
}

/** Of lower-case letters, which fit into most texts. None holds another. */
export function labelOf(number: number): string {
  // The letters a to y, so that `z` tells where a label begins and ends.
  const digits = [...number.toString(25)].map((digit) =>
    String.fromCharCode(97 + Number.parseInt(digit, 25)),
  )
  return `z${digits.join('')}z`
}

/**
 * A value like the example, but of its own: each text of it differs by the label, and still keeps its
 * schema. What can be of no other value, such as one of a few words, stays.
 */
export function vary(example: unknown, schema: Schema, label: string): unknown {
  if (typeof example === 'string') {
    return varyText(example, schema, label)
  }
  if (typeof example !== 'object' || example === null || Array.isArray(example)) {
    return example
  }
  const properties = propertiesOf(schema)
  return Object.fromEntries(
    Object.entries(example).map(([name, value]) => [
      name,
      vary(value, properties[name] ?? {}, label),
    ]),
  )
}

/** The same row, changed: what must be unique stays as it is. */
export function varyRest(row: unknown, schema: Schema, label: string): unknown {
  const fixed = Object.entries(propertiesOf(schema)).filter(([, property]) => isUnique(property))
  const kept = fixed.map(([name]) => [name, Object(row)[name]])
  return { ...Object(vary(row, schema, label)), ...Object.fromEntries(kept) }
}

export function varyText(text: string, schema: Schema, label: string): string {
  const { format } = keywordsOf(schema)
  if (/^(?:date|time)/.test(`${format}`)) {
    return text
  }
  return (
    waysOf(text, label).find((way) => way !== text && faultsOf(schema, way).length === 0) ?? text
  )
}

const waysOf = (text: string, label: string): string[] => [
  // Before an at sign, where an address is somebody else's.
  ...(text.includes('@') ? [`${label}.${text}`] : []),
  `${text} ${label}`,
  `${text}-${label}`,
  `${text}${label}`,
  // Of a fixed length: the end of a UUID, of a number, or a short code as a whole.
  text.replace(/[0-9a-f]{8,}$/, (end) => numberOf(label, end.length)),
  text.replace(/\d+$/, (end) => numberOf(label, end.length)),
  label.slice(1, -1).padStart(text.length, 'a').slice(-text.length).toUpperCase(),
]

/** The label as digits. */
const numberOf = (label: string, length: number) =>
  [...label]
    .reduce((sum, letter) => (sum * 26 + letter.charCodeAt(0) - 97) % 1e12, 0)
    .toString()
    .padStart(length, '0')
    .slice(-length)
