import {
  codesOf,
  faultsOf,
  isNormalized,
  keywordsOf,
  type ListedOperation,
  type Operation,
  type Parameter,
  propertiesOf,
  readText,
  type Schema,
} from '../contract.ts'
import { isCreation, isOfRow } from './collections.ts'
import type { Sample } from './sampler.ts'

/** A request that the contract says is refused. */
export type Refusal = {
  what: string
  status: number
  /** Where it takes a look at the database to know. */
  asksDatabase?: boolean
  request: Sample
}

/** More than a body of JSON may hold. */
const tooLong = 17 * 1024

const isJson = (mediaType = '') => /[/+]json$/.test(mediaType)

/**
 * What an operation refuses, told from the contract alone: its sample with one fault each. The word is
 * in whatever is wrong with it.
 */
export function refusalsOf(listed: ListedOperation, sample: Sample, word: string): Refusal[] {
  const { operation } = listed
  const documented = (status: number) => `${status}` in operation.responses
  if (!documented(422)) {
    return []
  }
  return [
    ...wrongBodies(operation, sample, word),
    ...wrongQueries(operation.parameters, sample, word),
    ...wrongParts(listed, sample, word),
    ...wrongHeaders(operation.parameters, sample, word),
    ...refusalsByData(listed, sample),
    ...(documented(406)
      ? [refusal('of another Accept', 406, sample, { headers: { Accept: `text/${word}` } })]
      : []),
  ]
}

function refusal(
  what: string,
  status: number,
  sample: Sample,
  { headers, ...changes }: Partial<Sample>,
): Refusal {
  const request = { ...sample, ...changes, headers: { ...sample.headers, ...headers } }
  return { what, status, request }
}

const breaks = (schema: Schema, value: unknown) => faultsOf(schema, value).length > 0

function wrongBodies({ requestBody }: Operation, sample: Sample, word: string): Refusal[] {
  const mediaType = sample.headers['Content-Type']
  const schema = requestBody?.content[mediaType ?? '']?.schema
  if (!schema) {
    return []
  }
  const otherType = { headers: { 'Content-Type': `text/${word}` } }
  const wrongType = refusal('of another media type', 415, sample, otherType)
  if (!isJson(mediaType)) {
    return [wrongType]
  }
  const whole = (what: string, body: unknown) =>
    refusal(what, 422, sample, { body: JSON.stringify(body) })
  const good = Object(sample.body)
  const without = (name: string) =>
    Object.fromEntries(Object.entries(good).filter(([each]) => each !== name))
  const { required = [] } = keywordsOf(schema)

  return [
    wrongType,
    refusal('of half a body', 400, sample, { body: `{"${word}` }),
    refusal('too long', 413, sample, { body: JSON.stringify(word.repeat(tooLong)) }),
    whole('of an array', [word]),
    whole('with an unknown field', { ...good, unknown_field: word }),
    // Which may be a value in the wrong place.
    whole('with a field that has no name', { ...good, [`${word}@example.com`]: word }),
    ...(Array.isArray(required) ? required : []).map((name) =>
      whole(`without ${name}`, without(name)),
    ),
    ...Object.entries(propertiesOf(schema)).flatMap(([name, property]) =>
      [{ [word]: word }, [word], ` ${word}`, word.repeat(1_000)]
        .filter((value) => breaks(property, value))
        .map((value) => whole(`of a wrong ${name}`, { ...good, [name]: value })),
    ),
  ]
}

function wrongQueries(parameters: readonly Parameter[], sample: Sample, word: string): Refusal[] {
  const withQuery = (what: string, query: string) =>
    refusal(what, 422, sample, {
      path: `${sample.path}${sample.path.includes('?') ? '&' : '?'}${query}`,
    })

  return [
    withQuery('with an unknown parameter', `unknown=${word}`),
    withQuery('with a parameter that has no name', `${word}%40example.com=${word}`),
    ...parameters
      .filter(({ in: place, schema }) => place === 'query' && breaks(schema, word))
      .map(({ name }) => withQuery(`of a wrong ${name}`, `${name}=${word}`)),
  ]
}

function wrongParts({ template, operation }: ListedOperation, sample: Sample, word: string) {
  const [, ...names] = template.split('/')
  const [pathname = ''] = sample.path.split('?')
  const parts = pathname.split('/').slice(1)

  return operation.parameters
    .filter(({ in: place, schema }) => place === 'path' && breaks(schema, word))
    .map(({ name }) => {
      const index = names.indexOf(`{${name}}`)
      return refusal(`of a wrong ${name}`, 422, sample, {
        path: `/${parts.with(index, word).join('/')}`,
      })
    })
}

function wrongHeaders(parameters: readonly Parameter[], sample: Sample, word: string): Refusal[] {
  return parameters
    .filter(({ in: place }) => place === 'header')
    .flatMap(({ name, schema }) =>
      [word, `${word} ${word}`]
        .filter((value) => breaks(schema, value))
        .map((value) => refusal(`of a wrong ${name}`, 422, sample, { headers: { [name]: value } })),
    )
}

/** What can only be told of the rows. */
function refusalsByData(listed: ListedOperation, sample: Sample): Refusal[] {
  const { operation, template } = listed
  const has = (name: string) => operation.parameters.some((each) => each.name === name)
  const [pathname = ''] = sample.path.split('?')
  const isMissable =
    isOfRow(template) && !isCreation(listed) && codesOf(operation, '404').length > 0

  return [
    ...(has('If-Match')
      ? [refusal('of a stale version', 412, sample, { headers: { 'If-Match': '"4711"' } })]
      : []),
    ...(isMissable && lastPart(operation.parameters)
      ? [
          refusal('of a missing row', 404, sample, {
            path: `${pathname.replace(/[^/]*$/, '')}4711`,
          }),
        ]
      : []),
  ].map((each) => ({ ...each, asksDatabase: true }))
}

const lastPart = (parameters: readonly Parameter[]) => {
  const schema = parameters.findLast(({ in: place }) => place === 'path')?.schema ?? {}
  return !breaks(schema, readText(schema, '4711')) && !isNormalized(schema)
}
