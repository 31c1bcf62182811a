import fc from 'fast-check'
import { type ListedOperation, operations, type Parameter } from '../contract.ts'
import { bodyOf } from './bodies.ts'
import { goodValue } from './good-values.ts'
import { anyText, goodEmail, mostly, nearlyAlways, oddEmail } from './values.ts'

/** A request as it goes on the wire. */
export type FuzzedRequest = {
  method: string
  path: string
  headers: Record<string, string>
  /** In latin1, so that a failure prints bytes that are not UTF-8 too. */
  body: string | undefined
}

const tags = ['*', '"1"', 'W/"1"', '"1", "2"', '"abc"', '""', '"1","2",W/"3"', '"99999999999"']

/** Of which there is more to try than their schemas and examples show. */
const known: Readonly<Record<string, fc.Arbitrary<string>>> = {
  file: fc.constantFrom('docs.css', 'docs.js', 'icon.svg'),
  cursor: fc.base64String().map((text) => text.replaceAll('=', '')),
  email: goodEmail,
  q: fc.constantFrom('person', 'ada', '\u958b\u767a\u8005', '100%', 'e\u0301ve', '\\\\\\'),
  'If-Match': fc.constantFrom(...tags),
  'If-None-Match': fc.constantFrom(...tags),
  'Idempotency-Key': fc.nat(9).map((index) => `key-${index}`),
}

const goodParameter = ({ name, schema, example }: Parameter) => {
  const like = goodValue(name, schema, example).map(String)
  const more = known[name]
  return more ? fc.oneof(more, ...(example === undefined ? [] : [like])) : like
}

/** An empty one the Workers runtime takes for none, and fetch trims what it sends. */
const headerText = fc
  .string({ unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)) })
  .map((text) => text.replaceAll(/[\x7f-\x9f]/g, '').trim())
  .filter((text) => text !== '')

const encode = (text: string) => encodeURIComponent(text.toWellFormed())
const oddEncoding = fc.constantFrom('%', '%zz', '%f', '%ff', '%c3%28', '%00', '+', '%ed%a0%80')
const oddNumber = fc.constantFrom('0', '-1', '01', '1.5', '1e3', '+1', '101', '9007199254740992')
const oddQueryText = fc.oneof(anyText.map(encode), oddEncoding, oddNumber, oddEmail.map(encode))

// An empty part makes another path, and dots lead upwards.
const oddPart = fc
  .oneof(oddQueryText, oddNumber, fc.constantFrom('%31', '1%2F'))
  .filter((part) => !/^$|^(?:\.|%2e){1,2}$/i.test(part))

const unknownNames = ['foo', 'Limit', 'limit[]', '__proto__', 'constructor', '%00', '%', '']

/** In any order, each mostly good and mostly once. */
function queryOf({ operation }: ListedOperation): fc.Arbitrary<string> {
  const pairs = operation.parameters
    .filter(({ in: place }) => place === 'query')
    .map((parameter) =>
      mostly(goodParameter(parameter).map(encode), oddQueryText).map(
        (value) => `${parameter.name}=${value}`,
      ),
    )
  const unknown = fc
    .tuple(fc.constantFrom(...unknownNames), oddQueryText)
    .map(([name, value]) => `${name}=${value}`)

  return nearlyAlways(
    fc.subarray(pairs).chain((chosen) => fc.tuple(...chosen)),
    fc.array(fc.oneof(unknown, ...pairs), { maxLength: 4 }),
  ).map((parts) => (parts.length > 0 ? `?${parts.join('&')}` : ''))
}

function pathOf(listed: ListedOperation): fc.Arbitrary<string> {
  const parts = listed.template.split('/').map((part) => {
    const parameter = listed.operation.parameters.find(({ name }) => part === `{${name}}`)
    return parameter ? mostly(goodParameter(parameter).map(encode), oddPart) : fc.constant(part)
  })
  return fc
    .tuple(
      fc.tuple(...parts).map((all) => all.join('/')),
      nearlyAlways(fc.constant(''), fc.constantFrom('/', '//', '/more')),
      queryOf(listed),
    )
    .map((all) => all.join(''))
}

const accepts = ['*/*', 'text/csv', 'text/*', 'application/json', 'text/csv;q=0', '*/*;q=0', ';;,']

function headersOf({ operation }: ListedOperation): fc.Arbitrary<Record<string, string>> {
  const known = operation.parameters
    .filter(({ in: place }) => place === 'header')
    .map((parameter): [string, fc.Arbitrary<string>] => [
      parameter.name,
      mostly(goodParameter(parameter), headerText),
    ])
  return fc.record(
    {
      ...Object.fromEntries(known),
      Accept: fc.oneof(fc.constantFrom(...accepts), headerText),
      'X-Odd': headerText,
    },
    { requiredKeys: [] },
  )
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']

// The pages read nothing of a request.
const weighted = operations.flatMap((listed) =>
  '422' in listed.operation.responses ? [listed, listed, listed] : [listed],
)

/** For every operation of the contract: good requests, bad ones, and such as nobody thought of. */
export const anyRequest: fc.Arbitrary<FuzzedRequest> = fc
  .constantFrom(...weighted)
  .chain((listed) =>
    fc.record({
      method: nearlyAlways(fc.constant(listed.method), fc.constantFrom(...methods)),
      path: pathOf(listed),
      headers: headersOf(listed),
      body: listed.operation.requestBody ? bodyOf(listed) : fc.constant(undefined),
    }),
  )
  .map(({ method, path, headers, body }) => {
    // fetch sends none with these.
    const sent = ['GET', 'HEAD'].includes(method) ? undefined : body
    return {
      method,
      path,
      headers: { ...headers, ...(sent?.contentType && { 'Content-Type': sent.contentType }) },
      body: sent?.bytes,
    }
  })
