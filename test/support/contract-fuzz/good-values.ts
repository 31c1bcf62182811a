import fc from 'fast-check'
import { keywordsOf, type Schema } from '../contract.ts'
import { labelOf, varyText } from '../samples/vary.ts'
import { anyText, goodEmail, goodName, mostly, oddEmail, oddName } from './values.ts'

/** Of which there is more to try than an example shows, by the name of the schema. */
const known: Readonly<Record<string, { good: fc.Arbitrary<string>; odd: fc.Arbitrary<string> }>> = {
  Name: { good: goodName, odd: oddName },
  NewName: { good: goodName, odd: oddName },
  Email: { good: goodEmail, odd: oddEmail },
}

/** How many rows of a collection there are, and with them what is taken. */
export const rowCount = 60

/** Ids of rows, of which some are there. */
const ids = fc.oneof(fc.integer({ min: 1, max: rowCount }), fc.maxSafeNat())

/** Of the rows that are there, and of others. */
const labels = fc
  .tuple(fc.nat(2.5 * rowCount), fc.constantFrom('a', 'b', 'c'))
  .map(([number, body]) => `${labelOf(number)}${body}`)

/** What keeps the schema, as JSON. `name` is that of the property or parameter. */
export function goodValue(name: string, schema: Schema, example?: unknown): fc.Arbitrary<unknown> {
  const { type, enum: words, minimum, maximum, examples } = keywordsOf(schema)
  if (Array.isArray(words)) {
    return fc.constantFrom(...words)
  }
  if (/(?:^id|Ids?)$/.test(name) && type === 'integer') {
    return ids
  }
  if (type === 'integer' || type === 'number') {
    const min = typeof minimum === 'number' ? minimum : 0
    return fc.integer({
      min,
      max: Math.min(typeof maximum === 'number' ? maximum : min + 99, min + 99),
    })
  }
  if (type === 'boolean') {
    return fc.boolean()
  }
  const [first] = [example, ...(Array.isArray(examples) ? examples : [])].filter(
    (each) => each !== undefined,
  )
  const like = typeof first === 'string' ? likeText(first, schema) : fc.constant(first ?? null)
  const { good } = known[`${schema['$ref']}`] ?? {}
  return good ? fc.oneof(like, good) : like
}

const likeText = (example: string, schema: Schema) =>
  fc.oneof(
    fc.constant(example),
    labels.map((label) => varyText(example, schema, label)),
  )

/** A good one, or one that nearly is. */
export function textValue(name: string, schema: Schema, example?: unknown): fc.Arbitrary<unknown> {
  const { odd } = known[`${schema['$ref']}`] ?? {}
  return mostly(goodValue(name, schema, example), odd ?? anyText)
}

/** Whether it has rules at all: what is accepted with any value has none. */
export const hasRules = (schema: Schema) => Object.keys(keywordsOf(schema)).length > 0
