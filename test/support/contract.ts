import { readFile } from 'node:fs/promises'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import * as z from 'zod'

const Schema = z.record(z.string(), z.unknown())
export type Schema = z.infer<typeof Schema>

const MediaType = z.object({
  schema: Schema,
  'x-item-schema': Schema.optional(),
  example: z.unknown().optional(),
  examples: z.record(z.string(), z.object({ value: z.unknown().optional() })).optional(),
})
export type MediaType = z.infer<typeof MediaType>

const Response = z.object({
  'x-problem-codes': z.array(z.string()).optional(),
  headers: z.record(z.string(), z.object({ required: z.boolean().optional(), schema: Schema })),
  content: z.record(z.string(), MediaType).optional(),
})
type Response = z.infer<typeof Response>

const Parameter = z.object({
  name: z.string(),
  in: z.enum(['path', 'query', 'header']),
  description: z.string().default(''),
  required: z.boolean().optional(),
  schema: Schema,
  example: z.unknown().optional(),
})
export type Parameter = z.infer<typeof Parameter>

const Operation = z.object({
  security: z.array(z.object({ bearer: z.array(z.string()).max(1) })),
  parameters: z.array(Parameter).default([]),
  requestBody: z.object({ content: z.record(z.string(), MediaType) }).optional(),
  responses: z.record(z.string(), Response),
})
export type Operation = z.infer<typeof Operation>

const Contract = z.object({
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.object({
    schemas: z.record(z.string(), Schema),
    responses: z.record(z.string(), Response),
  }),
})

const schemaPath = '#/components/schemas/'
const document = JSON.parse(await readFile('openapi.json', 'utf8'))
const { paths, components } = Contract.parse(resolve(document))

/** Every operation of `openapi.json`. Those whose path has no parameter come first. */
export const operations = Object.entries(paths)
  .flatMap(([template, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      template,
      operation,
    })),
  )
  .sort((one, other) => Number(one.template.includes('{')) - Number(other.template.includes('{')))

export type ListedOperation = (typeof operations)[number]

/** What a caller's credential must allow; none where any will do, and where the path is public. */
export const scopeOf = ({ security: [demand] }: Operation) => demand?.bearer[0]

/** What only a caller with a scope gets, which is everything about the resources. */
export const guardedOperations = operations.filter(({ operation }) => scopeOf(operation))

/** Of a line, where a body or an answer has many. CSV, which has no schema, holds the same. */
export const itemSchemaOf = (content: Record<string, MediaType>): Schema | undefined =>
  Object.values(content).find((media) => media['x-item-schema'])?.['x-item-schema']

/** The codes of the problems that it documents, of this status or of any. */
export const codesOf = ({ responses }: Operation, status?: string): string[] =>
  Object.entries(responses)
    .filter(([each]) => status === undefined || each === status)
    .flatMap(([, response]) => response['x-problem-codes'] ?? [])

// `npm run check` has validated the document: to compile its meta-schema would cost each file a third of
// a second.
const ajv = new Ajv2020({
  strict: true,
  // A rule may stand beside a reference, which names the type.
  strictTypes: false,
  allErrors: true,
  validateSchema: false,
})
addFormats(ajv)
// For generators.
ajv.addKeyword('x-enum-varnames')
for (const [name, schema] of Object.entries(components.schemas)) {
  ajv.addSchema(schema, name)
}

/** By their text: every answer has a copy of the header's schema. */
const validators = new Map<string, ValidateFunction>()

/** What of a schema in the contract a value breaks. */
export function faultsOf(schema: Schema, value: unknown) {
  const key = JSON.stringify(schema)
  const validate = validators.get(key) ?? ajv.compile(schema)
  validators.set(key, validate)

  return validate(value) ? [] : (validate.errors ?? [])
}

/** The schema itself where it is a reference to a component. */
export const schemaOf = (schema: Schema): Schema => {
  const { $ref } = schema
  return typeof $ref === 'string' ? (components.schemas[$ref] ?? schema) : schema
}

/** Of a schema and of what it refers to. */
const descriptionOf = (schema: Schema): string => {
  const beneath = schemaOf(schema)
  const { description = '' } = schema
  return beneath === schema ? `${description}` : `${description} ${descriptionOf(beneath)}`
}

/** Its keywords, with those of what it refers to. */
export const keywordsOf = (schema: Schema): Schema => {
  const beneath = schemaOf(schema)
  return beneath === schema ? schema : { ...keywordsOf(beneath), ...schema }
}

/** Whether the service brings such a text into NFC before it judges it, as the description says. */
export const isNormalized = (schema: Schema, description = '') =>
  /\bNFC\b/.test(`${description} ${descriptionOf(schema)}`)

/** Whether no two rows may have the same, as the description says. */
export const isUnique = (schema: Schema) => /\bunique\b/.test(descriptionOf(schema))

/** The properties of an object's schema. */
export const propertiesOf = (schema: Schema) =>
  z.record(z.string(), Schema).parse(schemaOf(schema)['properties'] ?? {})

/**
 * The value that a text stands for in a path, a query or a header: a number is digits, with no
 * leading zero.
 */
export const readText = ({ type }: Schema, text: string): unknown =>
  type === 'integer' && /^-?(?:0|[1-9]\d*)$/.test(text) ? Number(text) : text

/** Answers, parameters and headers in their place; schemas stay references. */
function resolve(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(resolve)
  }
  if (typeof value !== 'object' || value === null) {
    return value
  }
  const reference = '$ref' in value && typeof value.$ref === 'string' ? value.$ref : undefined
  if (reference && !reference.startsWith(schemaPath)) {
    return resolve(
      reference
        .split('/')
        .slice(1)
        .reduce((parent, key) => Object(parent)[key], document),
    )
  }
  return {
    ...Object.fromEntries(Object.entries(value).map(([key, each]) => [key, resolve(each)])),
    // Beside a reference to a schema stand further rules.
    ...(reference && { $ref: reference.slice(schemaPath.length) }),
  }
}

/** Whatever a path looks like: two slashes begin no host. */
export const urlOf = (path: string) =>
  new URL(path.startsWith('/') ? `http://localhost${path}` : path)

/** The operations of a path, by method. A slash at its end does not count. */
export function operationsAt(path: string): Map<string, Operation> {
  const found = operations.find(({ template }) => matchPath(template, path))
  return new Map(
    operations
      .filter(({ template }) => template === found?.template)
      .map(({ method, operation }) => [method, operation]),
  )
}

/** The parameters of the path, as they stand there, if it is one of the template. */
export function matchPath(template: string, path: string): Record<string, string> | undefined {
  const pattern = template.replaceAll('.', '\\.').replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')
  const found = new RegExp(`^${pattern}$`).exec(urlOf(path).pathname.replace(/(?<=[^/])\/$/, ''))
  return found ? { ...found.groups } : undefined
}

type Answer = { status: number; headers: Headers; text: string }

/** Throws when an answer is not as `openapi.json` has it. */
export function checkAnswer(method: string, path: string, answer: Answer): void {
  const expected = expectedAnswer(method, path, answer.status)
  const faults = expected
    ? [
        ...headerFaults(expected, answer.headers),
        ...(method === 'HEAD' || answer.status === 204
          ? presence('body', answer.text !== '', false)
          : [...bodyFaults(expected, answer), ...codeFaults(expected, answer)]),
      ]
    : ['this status is not documented']

  if (faults.length > 0) {
    const { pathname } = urlOf(path)
    throw new Error(
      `${method} ${pathname} has answered ${answer.status} against the contract: ${faults.join('; ')}`,
    )
  }
}

/** What whoever has no business under the path of a resource is told of any path and method there. */
const refusals = [401, 403, 429, 503]

/** `HEAD` is `GET` without the body. `OPTIONS`, and what no operation answers, are no operations. */
function expectedAnswer(method: string, path: string, status: number): Response | undefined {
  const methods = operationsAt(path)
  const operation = methods.get(method === 'HEAD' ? 'GET' : method)
  const [none, other] = [components.responses['not-found'], methodNotAllowed()]

  if (operation) {
    return operation.responses[status]
  }
  if (refusals.includes(status)) {
    return guardedOperations[0]?.operation.responses[status]
  }
  if (methods.size === 0) {
    return status === 404 ? none : undefined
  }
  if (method === 'OPTIONS') {
    return status === 204 ? other : undefined
  }
  return status === 405 ? other : undefined
}

const methodNotAllowed = () => components.responses['method-not-allowed']

function headerFaults({ headers }: Response, actual: Headers): string[] {
  const faults = Object.entries(headers).flatMap(([name, { required = false, schema }]) => {
    const text = actual.get(name)
    if (text === null) {
      return required ? [`the header ${name} is missing`] : []
    }
    return faultsOf(schema, readText(schema, text)).map(
      ({ message }) => `the header ${name} ${message}`,
    )
  })
  // It would lead to a path that no route answers.
  const isLost = actual.has('Location') && !headers['Location']
  return isLost ? [...faults, 'the header Location is not promised'] : faults
}

function bodyFaults({ content }: Response, { headers, text }: Answer): string[] {
  if (!content) {
    return presence('body', text !== '', false)
  }
  const [mediaType = ''] = (headers.get('Content-Type') ?? '').split(';')
  const documented = content[mediaType]
  if (!documented) {
    return [`the media type ${mediaType || '(none)'} is not documented`]
  }
  const { schema, 'x-item-schema': itemSchema } = documented
  if (itemSchema) {
    return text
      .split('\n')
      .slice(0, -1)
      .flatMap((line) => valueFaults(itemSchema, line))
  }
  return /[/+]json$/.test(mediaType) ? valueFaults(schema, text) : []
}

/** A problem must be one of those of its response, and have the status that the answer has. */
function codeFaults({ 'x-problem-codes': codes }: Response, { status, text }: Answer): string[] {
  if (!codes) {
    return []
  }
  const { type, status: told } = Object(JSON.parse(text))
  return [
    ...(codes.some((code) => type === `/problems/${code}`)
      ? []
      : [`the body at "/type" is none of ${codes.join(', ')}`]),
    ...(told === status ? [] : [`the body at "/status" is not ${status}`]),
  ]
}

const presence = (what: string, is: boolean, should: boolean) =>
  is === should ? [] : [`the ${what} is ${is ? 'there' : 'missing'}`]

function valueFaults(schema: Schema, json: string): string[] {
  return faultsOf(schema, JSON.parse(json)).map(
    ({ instancePath, message, params }) =>
      `the body at "${instancePath}" ${message} ${JSON.stringify(params)}`,
  )
}
