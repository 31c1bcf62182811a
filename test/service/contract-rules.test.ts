import { describe, expect } from 'vitest'
import {
  faultsOf,
  type ListedOperation,
  operations,
  propertiesOf,
  readText,
  type Schema,
  schemaOf,
} from '../support/contract.ts'
import { ada } from '../support/people.ts'
import { test } from '../support/shared-test.ts'

const label = 'a'.repeat(62)
/** Of this many characters, and valid but for that. */
const email = (length: number) => `${`a@${`${label}.`.repeat(3)}${label}`.slice(0, length - 3)}.de`

/** Whatever a rule may look at: for each rule there is something on either side of it. */
const texts = [
  ...[
    '',
    'a',
    'ab',
    'abc',
    'Ada Lovelace',
    'ada@example.com',
    'ada@example',
    'ada',
    '@example.com',
  ],
  ...[' Ada', 'Ada ', '\u3000Ada', 'Ada\u2028', 'A\u0007da', 'Ada\u009f', '\u200b\u200b\u200b'],
  ...[
    'e\u0301ve',
    '\u{1f600}\u{1f600}\u{1f600}',
    `${'a'.repeat(64)}@b.de`,
    `${'a'.repeat(65)}@b.de`,
  ],
  ...[100, 101, 200, 201, 255, 256].map((length) => 'a'.repeat(length)),
  ...[100, 101, 200, 201].map((length) => '\u{1f600}'.repeat(length)),
  ...[253, 254, 255].map(email),
  ...['0', '1', '2', '99', '100', '101', '9007199254740991', '9007199254740992', '1e2', '+1', '-1'],
  ...['01', '1.0', ' 1', '1 ', '\u0661', 'id', '-id', 'name', 'ID', 'email', 'exact', 'skip'],
  ...['update', 'updates', '"1"', 'W/"1"', '"1", W/"2"', '*', '"1" "2"', '*, "1"', 'w/"1"', '"1'],
  ...['\u202eadA', 'a\u2066b'],
  '"1",'.repeat(1_025),
  ...['""', `"${'k'.repeat(255)}"`, `"${'k'.repeat(256)}"`, 'two words', '"two words"'],
]

const others = [null, 1, true, [], {}, ['ada@example.com']]

/** In a header fetch trims what it sends, and the Workers runtime takes an empty one for none. */
const isHeaderValue = (text: string) => /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/.test(text)

const canStandIn = {
  // An empty part makes another path.
  path: (text: string) => text !== '',
  query: () => true,
  header: isHeaderValue,
}

type Sent = { path: string; body?: unknown; headers?: Record<string, string> }

type Place = {
  name: string
  method: string
  schema: Schema
  values: readonly unknown[]
  /** The fault that names the place. */
  fault: object
  put(value: unknown): Sent
}

/** The parameters and headers of an operation, each with a request that is good but for it. */
const parameterPlaces = ({ method, template, operation }: ListedOperation): Place[] => {
  const [mediaType = ''] = Object.keys(operation.requestBody?.content ?? {})
  const base = {
    path: template.replace('{id}', '1'),
    ...(mediaType && {
      body: mediaType === 'application/json' ? ada : '',
      headers: { 'Content-Type': mediaType },
    }),
  }
  return operation.parameters.map(({ name, in: at, schema }) => ({
    name: `${method} ${template} ${name}`,
    method,
    schema,
    values: texts.filter(canStandIn[at]),
    fault: { [at === 'header' ? 'header' : 'parameter']: name },
    put: (value) => {
      const text = String(value)
      switch (at) {
        case 'path':
          return { ...base, path: template.replace(`{${name}}`, encodeURIComponent(text)) }
        case 'query':
          return { ...base, path: `${base.path}?${new URLSearchParams({ [name]: text })}` }
        case 'header':
          return { ...base, headers: { ...base.headers, [name]: text } }
      }
    },
  }))
}

const propertyPlaces = ({ method, template, operation }: ListedOperation): Place[] => {
  const { schema: bodySchema = {} } = operation.requestBody?.content['application/json'] ?? {}

  return Object.entries(propertiesOf(bodySchema)).map(([name, schema]) => ({
    name: `${method} ${template} /${name}`,
    method,
    schema,
    values: [...texts, ...others],
    fault: { pointer: `/${name}` },
    put: (value) => ({ path: template.replace('{id}', '1'), body: { ...ada, [name]: value } }),
  }))
}

const places = operations
  .filter(({ operation }) => '422' in operation.responses)
  .flatMap((operation) => [...parameterPlaces(operation), ...propertyPlaces(operation)])

const keywords = [
  'type',
  'enum',
  'const',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'pattern',
]

/** The rules of a schema, as Ajv's errors name them. */
function rulesOf(schema: Schema): string[] {
  const whole = schemaOf(schema)
  const { $ref } = whole
  const parts: Schema[] = Array.isArray(whole['allOf']) ? whole['allOf'] : []

  return [
    ...keywords.filter((keyword) => keyword in whole),
    ...(whole !== schema && $ref !== undefined ? rulesOf({ $ref }) : []),
    ...parts.flatMap((part, index) => rulesOf(part).map((rule) => `allOf/${index}/${rule}`)),
  ]
}

const judge = (schema: Schema, value: unknown) =>
  // Names are brought into NFC before they are judged.
  faultsOf(schema, typeof value === 'string' ? readText(schema, value.normalize()) : value).map(
    ({ schemaPath }) => schemaPath.replace(/^[^/]*\//, ''),
  )

/** Of all values that break the same rules the shortest and the longest two. */
function selectValues(values: readonly unknown[], schema: Schema) {
  const judged = values
    .map((value) => ({ value, broken: judge(schema, value), length: [...String(value)].length }))
    .sort((one, other) => one.length - other.length)

  return [...Map.groupBy(judged, ({ broken }) => broken.join()).values()].flatMap((alike) => [
    ...alike.slice(0, 2),
    ...alike.slice(2).slice(-2),
  ])
}

describe('the service has every rule of openapi.json, and no other', () => {
  test.for(places)('$name', async ({ method, schema, values, fault, put }, { service }) => {
    const judged = selectValues(values, schema)
    await service.request('POST', '/users', ada)

    const answers = await Promise.all(
      judged.map(async ({ value }) => {
        const { path, body, headers } = put(value)
        const answer = await service.request(method, path, body, headers)
        const faults: object[] = Object(answer.body).errors ?? []
        return {
          value,
          isRefused: answer.status === 422,
          isNamed: faults.some((each) => expect.objectContaining(fault).asymmetricMatch(each)),
        }
      }),
    )

    expect(answers).toEqual(
      judged.map(({ value, broken }) => {
        const isBroken = broken.length > 0
        return { value, isRefused: isBroken, isNamed: isBroken }
      }),
    )
    // Every rule was broken, and every rule was kept; but whatever is a text is of type string.
    const tried = new Set(['type', ...judged.flatMap(({ broken }) => broken)])
    expect(rulesOf(schema).filter((rule) => !tried.has(rule))).toEqual([])
    expect(judged.some(({ broken }) => broken.length === 0)).toBe(true)
  })
})
