import fc from 'fast-check'
import {
  itemSchemaOf,
  keywordsOf,
  type ListedOperation,
  propertiesOf,
  type Schema,
} from '../contract.ts'
import { exampleBody } from '../samples/examples.ts'
import { hasRules, textValue } from './good-values.ts'
import { anyJson, anyText, mostly, nearlyAlways } from './values.ts'

const unknownFields = ['nickname', 'Name', '__proto__', 'constructor', '', 'na\u0000me']

type Field = [name: string, json: string]

const fieldsOf = (names: readonly string[]) =>
  names.length === 0
    ? fc.constant<Field[]>([])
    : nearlyAlways(
        fc.constant<Field[]>([]),
        fc.array(fc.tuple(fc.constantFrom(...names), anyJson), { maxLength: 3 }),
      )

/** Written by hand, for an object holds no name twice, and `__proto__` in its own way. */
function anyObject(schema: Schema, example: unknown): fc.Arbitrary<string> {
  const properties = Object.entries(propertiesOf(schema))
  const fields = properties
    .filter(([, property]) => hasRules(property))
    .map(([name, property]) => {
      const value = textValue(name, property, Object(example)[name])
      const json = mostly(
        value.map((each) => JSON.stringify(each)),
        anyJson,
      )
      return fc.option(fc.tuple(fc.constant(name), json), { freq: 12 })
    })
  const ignored = properties.filter(([, property]) => !hasRules(property)).map(([name]) => name)

  return fc
    .tuple(fc.tuple(...fields), fieldsOf(ignored), fieldsOf(unknownFields))
    .map(([given, ...others]) => {
      const all = [...given.filter((field) => field !== null), ...others.flat()]
      return `{${all.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join()}}`
    })
}

const ndjson = (item: fc.Arbitrary<string>) =>
  fc
    .array(mostly(item, fc.oneof(anyJson, fc.constantFrom('', ' ', '{', 'no JSON', '\r'))), {
      maxLength: 8,
    })
    .map((lines) => lines.join('\n'))

/** Headers of CSV that are surely good. */
export function goodHeaders(schema: Schema): string[] {
  const { required } = keywordsOf(schema)
  const names: string[] = Array.isArray(required) ? required : []
  const odd = names.map((name, index) =>
    index % 2 > 0
      ? ` ${name.toUpperCase()} `
      : ` ${name.replace(/^./, (start) => start.toUpperCase())} `,
  )
  const [ignored] = Object.entries(propertiesOf(schema)).filter(([, each]) => !hasRules(each))
  return [
    names.join(),
    names.toReversed().join(),
    [...odd, ...(ignored ? [ignored[0]] : [])].join(),
  ]
}

function csv(schema: Schema, example: unknown): fc.Arbitrary<string> {
  const good = goodHeaders(schema)
  const [names = ''] = good
  const [first = ''] = names.split(',')
  const cells = Object.entries(propertiesOf(schema))
    .filter(([, property]) => hasRules(property))
    .map(([name, property]) => textValue(name, property, Object(example)[name]))
  const cell = mostly(fc.oneof(...cells), anyText).map(
    (value) => `"${`${value}`.toWellFormed().replaceAll('"', '""')}"`,
  )
  const columns = names.split(',').length

  return fc
    .tuple(
      mostly(
        fc.constantFrom(...good),
        fc.constantFrom('', first, `${first},${names}`, `${names},age`, '"', `"${names}`),
      ),
      fc.array(fc.array(cell, { minLength: columns, maxLength: columns + 1 }), { maxLength: 8 }),
      nearlyAlways(fc.constant(''), fc.constant('"open')),
    )
    .map(([header, rows, end]) => [header, ...rows.map((each) => each.join()), end].join('\r\n'))
}

/** An example of one line, else of the whole body. */
function exampleOf(listed: ListedOperation): unknown {
  const [[mediaType, media] = []] = Object.entries(listed.operation.requestBody?.content ?? {})
  if (mediaType === undefined || media === undefined) {
    return undefined
  }
  const example = exampleBody(listed, mediaType, media)
  return media['x-item-schema'] ? JSON.parse(`${example}`.split('\n')[0] ?? '') : example
}

const utf8 = (text: string) => Buffer.from(text).toString('latin1')

/** The bytes and what they say that they are. */
export function bodyOf(listed: ListedOperation) {
  const content = listed.operation.requestBody?.content ?? {}
  const mediaTypes = Object.keys(content)
  const itemSchema = itemSchemaOf(content)
  const schema = itemSchema ?? Object.values(content)[0]?.schema ?? {}
  const example = exampleOf(listed)
  const one = anyObject(schema, example)
  const contentType = nearlyAlways(
    fc
      .tuple(
        fc.constantFrom(...mediaTypes),
        fc.constantFrom('', '; charset=utf-8', ';charset="UTF-8"'),
      )
      .map((parts) => parts.join('')),
    fc.constantFrom('text/plain', 'application/jsonx', 'application/json; charset=latin1', 'json'),
  )
  const text = itemSchema
    ? fc.oneof(ndjson(one), csv(schema, example))
    : nearlyAlways(one, fc.oneof(anyJson, fc.constantFrom('', '{', '{"name":}', '\ufeff{}')))
  const bytes = nearlyAlways(
    text.map(utf8),
    text.map((valid) => `${utf8(valid)}\xff`),
  )
  return fc.record({ contentType: fc.option(contentType, { freq: 20 }), bytes })
}
