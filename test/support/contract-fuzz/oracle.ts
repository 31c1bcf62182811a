import {
  codesOf,
  faultsOf,
  isNormalized,
  itemSchemaOf,
  matchPath,
  type Operation,
  operations,
  operationsAt,
  type Parameter,
  readText,
  urlOf,
} from '../contract.ts'
import { goodHeaders } from './bodies.ts'
import { decode, decodePart, decodes, isJson, keeps, mediaTypeOf, parse } from './reading.ts'
import type { FuzzedRequest } from './requests.ts'

/** As the text of the contract has it. No request of an import is long enough for its own limit. */
const maxBodyBytes = 16 * 1024

/**
 * What a request may be answered with, told from `openapi.json` alone: codes of problems, and the
 * statuses of what is none. More than one only where it depends on the data.
 */
export function expectedOutcomes(request: FuzzedRequest): string[] {
  const { method, path, body = '' } = request
  const methods = operationsAt(path)
  const operation = methods.get(method === 'HEAD' ? 'GET' : method)

  if (methods.size === 0) {
    return ['not-found']
  }
  if (!operation) {
    return method === 'OPTIONS' ? ['204'] : ['method-not-allowed']
  }
  const isValid = keepsParameters(operation, request)
  if (!operation.responses['422']) {
    return isValid ? [...successes(operation), 'not-found'] : ['not-found']
  }
  const mediaType = mediaTypeOf(request)
  const content = operation.requestBody?.content[mediaType]
  if (operation.requestBody) {
    if (!content) {
      return ['unsupported-media-type']
    }
    if (isJson(mediaType) && body.length > maxBodyBytes) {
      return ['body-too-large']
    }
  }
  const text = decode(body)
  if (content && text === undefined) {
    return [mediaType === 'text/csv' ? 'malformed-csv' : 'malformed-json']
  }
  const value = content && isJson(mediaType) ? parse(text ?? '') : undefined
  if (value instanceof SyntaxError) {
    return ['malformed-json']
  }
  if (!isValid || (value !== undefined && !keeps(content?.schema ?? {}, value))) {
    return ['validation-failed']
  }
  if (mediaType === 'text/csv' && content) {
    return outcomesOfCsv(operation, text ?? '')
  }
  return outcomesOfData(operation, request)
}

/** Of a request that keeps every rule. */
function outcomesOfData(operation: Operation, { path, headers }: FuzzedRequest): string[] {
  const documented = codesOf(operation)
  if (documented.includes('invalid-cursor') && urlOf(path).searchParams.has('cursor')) {
    return ['invalid-cursor']
  }
  const acceptance = documented.includes('not-acceptable')
    ? outcomesOfAccept(headers['Accept'])
    : []
  const isConditional = 'If-Match' in headers || 'If-None-Match' in headers
  const possible = [
    // What is not there, and what is taken.
    ...['404', '409'].flatMap((status) => codesOf(operation, status)),
    ...(isConditional ? ['precondition-failed'] : []),
    ...('Idempotency-Key' in headers ? ['idempotency-key-reused'] : []),
  ]
  return acceptance.length > 0
    ? acceptance
    : [
        ...successes(operation).filter((status) => status !== '304' || 'If-None-Match' in headers),
        ...possible.filter((code) => documented.includes(code)),
      ]
}

const successes = ({ responses }: Operation) =>
  Object.keys(responses).filter((status) => /^[23]/.test(status))

/** Path, query and headers: each known, given once, and as its schema says. */
function keepsParameters({ parameters, responses }: Operation, request: FuzzedRequest): boolean {
  const url = urlOf(request.path)
  const { searchParams } = url
  const names = [...searchParams.keys()]
  const isKnown = (name: string) =>
    parameters.some((parameter) => parameter.in === 'query' && parameter.name === name)
  const given = ({ name, in: place, schema, description }: Parameter) => {
    switch (place) {
      case 'path':
        return decodePart(partsOf(request.path)[name] ?? '')
      case 'query': {
        const text = searchParams.get(name) ?? undefined
        return isNormalized(schema, description) ? text?.normalize() : text
      }
      case 'header':
        return request.headers[name]
    }
  }

  return (
    (!responses['422'] ||
      (names.every(isKnown) && new Set(names).size === names.length && isReadable(url))) &&
    parameters.every((parameter) => {
      const text = given(parameter)
      return (
        text === undefined ||
        faultsOf(parameter.schema, readText(parameter.schema, text)).length === 0
      )
    })
  )
}

const partsOf = (path: string): Record<string, string> => {
  const found = operations.find(({ template }) => matchPath(template, path))
  return found ? (matchPath(found.template, path) ?? {}) : {}
}

/** Whether all of a query is UTF-8. */
const isReadable = ({ search }: URL) => search.split('&').every(decodes)

/** Only the plainest is surely good: this is no second reader of CSV. */
const outcomesOfCsv = ({ requestBody }: Operation, text: string) =>
  goodHeaders(itemSchemaOf(requestBody?.content ?? {}) ?? {}).some((header) =>
    text.startsWith(`${header}\r\n`),
  ) && !text.endsWith('"open')
    ? ['200']
    : ['200', 'malformed-csv', 'validation-failed']

const acceptable = [undefined, '*/*', 'text/csv', 'text/*']
const unacceptable = ['application/json', 'text/csv;q=0', '*/*;q=0']

function outcomesOfAccept(accept: string | undefined): string[] {
  if (acceptable.includes(accept)) {
    return ['200']
  }
  return unacceptable.includes(accept ?? '') ? ['not-acceptable'] : ['200', 'not-acceptable']
}
