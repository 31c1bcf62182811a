import { describe, expect } from 'vitest'
import {
  faultsOf,
  isNormalized,
  keywordsOf,
  type ListedOperation,
  operations,
  propertiesOf,
  readText,
  type Schema,
  schemaOf,
} from '../support/contract.ts'
import { exampleBody } from '../support/samples/examples.ts'
import { createSampler, type Sample } from '../support/samples/sampler.ts'
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
  ...[
    'update',
    'updates',
    '"1"',
    'W/"1"',
    '"1", W/"2"',
    '*',
    '"1" "2"',
    '*, "1"',
    'w/"1"',
    '"1',
    ',',
  ],
  ...['\u202eadA', 'a\u2066b'],
  '"1",'.repeat(1_025),
  ...['""', `"${'k'.repeat(255)}"`, `"${'k'.repeat(256)}"`, 'two words', '"two words"'],
]

const others = [null, 1, true, [], {}, ['ada@example.com']]

/** On either side of the limits of this very schema. */
function edgesOf(schema: Schema): unknown[] {
  const { anyOf } = schemaOf(schema)
  if (Array.isArray(anyOf)) {
    return anyOf.flatMap(edgesOf)
  }
  const { minimum, maximum, minLength, maxLength, enum: words } = keywordsOf(schema)
  const isNumber = (value: unknown) => typeof value === 'number'
  return [
    ...[minimum, maximum].filter(isNumber).flatMap((limit) => [limit - 1, limit, limit + 1]),
    ...[minLength, maxLength]
      .filter(isNumber)
      .flatMap((limit) => [limit - 1, limit, limit + 1])
      .map((length) => 'a'.repeat(Math.max(length, 0))),
    ...(Array.isArray(words) ? words : []),
  ]
}

/** In a header fetch trims what it sends, and the Workers runtime takes an empty one for none. */
const isHeaderValue = (text: string) => /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/.test(text)

const canStandIn = {
  // An empty part makes another path.
  path: (text: string) => text !== '',
  query: () => true,
  header: isHeaderValue,
}

type Sent = Pick<Sample, 'path'> & Partial<Sample>

type Place = {
  name: string
  operation: ListedOperation
  schema: Schema
  description?: string
  values: readonly unknown[]
  /** What a value stands for there. */
  read(value: unknown): unknown
  /** Whether it names the place. */
  isNamedBy(fault: Record<string, unknown>): boolean
  /** A request that is good but for the value. */
  put(value: unknown, good: Sample): Sent
}

/** The parameters and headers of an operation. */
const parameterPlaces = (listed: ListedOperation): Place[] => {
  const { method, template, operation } = listed
  return operation.parameters.map(({ name, in: at, schema, description, example }) => ({
    name: `${method} ${template} ${name}`,
    operation: listed,
    schema,
    description,
    values: [...texts, ...edgesOf(schema), ...(example === undefined ? [] : [example])]
      .map(String)
      .filter(canStandIn[at]),
    read: (value) => readText(schema, String(value)),
    isNamedBy: (fault) => fault[at === 'header' ? 'header' : 'parameter'] === name,
    put: (value, { path, headers, body }) => {
      const text = String(value)
      switch (at) {
        case 'path': {
          const index = template.split('/').indexOf(`{${name}}`)
          return {
            path: path.split('/').with(index, encodeURIComponent(text)).join('/'),
            headers,
            body,
          }
        }
        case 'query': {
          const url = new URL(path, 'http://localhost')
          url.searchParams.set(name, text)
          return { path: `${url.pathname}${url.search}`, headers, body }
        }
        case 'header':
          return { path, body, headers: { ...headers, [name]: text } }
      }
    },
  }))
}

const propertyPlaces = (listed: ListedOperation): Place[] => {
  const { method, template, operation } = listed
  const media = operation.requestBody?.content['application/json']
  if (!media) {
    return []
  }
  const example = Object(exampleBody(listed, 'application/json', media))

  return Object.entries(propertiesOf(media.schema)).map(([name, schema]) => ({
    name: `${method} ${template} /${name}`,
    operation: listed,
    schema,
    values: [
      ...[...texts, ...others, ...edgesOf(schema)],
      ...(name in example ? [example[name]] : []),
    ],
    read: (value) => value,
    isNamedBy: ({ pointer }) => `${pointer}/`.startsWith(`/${name}/`),
    put: (value, { path, body }) => ({ path, body: { ...Object(body), [name]: value } }),
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

function judge({ schema, description, read }: Place, value: unknown): string[] {
  const isText = typeof value === 'string' && isNormalized(schema, description)
  return faultsOf(schema, read(isText ? value.normalize() : value)).map(({ schemaPath }) =>
    schemaPath.replace(/^[^/]*\//, ''),
  )
}

/** Of all values that break the same rules the shortest and the longest two. */
function selectValues(place: Place) {
  const judged = [...new Set(place.values)]
    .map((value) => ({ value, broken: judge(place, value), length: [...String(value)].length }))
    .sort((one, other) => one.length - other.length)

  return [...Map.groupBy(judged, ({ broken }) => broken.join()).values()].flatMap((alike) => [
    ...alike.slice(0, 2),
    ...alike.slice(2).slice(-2),
  ])
}

describe('the service has every rule of openapi.json, and no other', () => {
  test.for(places)('$name', async (place, { service }) => {
    const judged = selectValues(place)
    const good = await createSampler(service.request).sample(place.operation)

    const answers = await Promise.all(
      judged.map(async ({ value }) => {
        const { path, body, headers } = place.put(value, good)
        const answer = await service.request(good.method, path, body, headers)
        const faults: Record<string, unknown>[] = Object(answer.body).errors ?? []
        return {
          value,
          isRefused: answer.status === 422,
          isNamed: faults.some((fault) => place.isNamedBy(fault)),
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
    expect(rulesOf(place.schema).filter((rule) => !tried.has(rule))).toEqual([])
    expect(judged.some(({ broken }) => broken.length === 0)).toBe(true)
  })
})
