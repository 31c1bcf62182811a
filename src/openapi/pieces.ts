import * as z from 'zod/mini'
import { maxPageRows } from '../fields.ts'
import { IdempotencyKeyHeader } from '../http/idempotency-key-header.ts'
import { PreconditionHeaders } from '../http/precondition-headers.ts'
import type { ProblemCode } from '../problem-statuses.ts'
import { scopes } from '../resources.ts'
import type { ProblemText } from './common-problem-texts.ts'
import { described, reference } from './components.ts'
import { enumNames } from './enum-names.ts'

// What the contracts of several resources say alike.

export const json = (schema: z.ZodMiniType, example: unknown) => ({
  'application/json': { schema: reference(schema), example },
})

/** A body that is text. As `binary`, because generated clients send what is `string` as JSON. */
export const text = (example: string) => ({
  schema: { type: 'string', format: 'binary' },
  example,
})

/** `x-item-schema` is what OpenAPI 3.2 calls `itemSchema`: of one line. */
export const ndjson = (schema: z.ZodMiniType, ...lines: readonly unknown[]) => ({
  ...text(lines.map((line) => `${JSON.stringify(line)}\n`).join('')),
  'x-item-schema': reference(schema),
})

export const Scope = z.enum(scopes).register(described, {
  id: 'Scope',
  description: 'What a credential allows.',
  ...enumNames(scopes),
})

const bodyProblems = ['malformed-json', 'unsupported-media-type', 'body-too-large'] as const
export const writeProblems = [
  'validation-failed',
  'database-unavailable',
  'outcome-unknown',
] as const
export const readProblems = ['validation-failed', 'database-unavailable'] as const
export const searchProblems = ['search-too-broad', 'too-many-searches'] as const

const jsonBody = 'The body is JSON in UTF-8, of at most 16 KiB.'
const conditional =
  '`If-Match` makes sure that nobody changed it since it was read: a stale one is a 412.'

/** A merge patch, which may also come as plain JSON. */
export const mergePatch = (schema: z.ZodMiniType, example: unknown) => {
  const body = { schema: reference(schema), example }
  return { 'application/json': body, 'application/merge-patch+json': body }
}

/** The component `name`: a page of these. */
export const arrayOf = (schema: z.ZodMiniType, name: string) =>
  z.array(schema).check(z.maxLength(maxPageRows)).register(described, { id: name })

export const notModified = { description: 'The client has it already, as `If-None-Match` says.' }

// Operations that resources have alike, but for their name, scope and summary. `row` is the schema of an
// answer: with a `version` it has an `ETag`. `own` are the problems of the resource.

type Codes = readonly ProblemCode[]

/** A list by pages. */
export const listing = (
  query: z.ZodMiniType,
  rows: z.ZodMiniType,
  example: unknown,
  own: Codes = [],
) => ({
  query,
  answers: {
    200: {
      description: 'A page.',
      headers: ['Link', 'X-Total-Count'] as const,
      content: json(rows, [example]),
    },
  },
  problems: ['invalid-cursor', ...own, ...readProblems, ...searchProblems] as const,
})

/** A row has an `ETag` when it has a version. */
const hasVersion = ({ shape }: z.ZodMiniObject) => Object.hasOwn(shape, 'version')

const tagOf = (row: z.ZodMiniObject) => (hasVersion(row) ? (['ETag'] as const) : [])
const preconditionsOf = (row: z.ZodMiniObject) => (hasVersion(row) ? [PreconditionHeaders] : [])
const staleOf = (row: z.ZodMiniObject) =>
  hasVersion(row) ? (['precondition-failed'] as const) : []

type Creation = {
  body: z.ZodMiniType
  bodyExample: unknown
  row: z.ZodMiniObject
  example: unknown
  links?: object
}

/**
 * A creation, without an idempotency key.
 *
 * @public
 */
export const creating = (
  { body, bodyExample, row, example, links = {} }: Creation,
  own: Codes = [],
) => ({
  description: jsonBody,
  body: json(body, bodyExample),
  answers: {
    201: {
      description: 'It is there now.',
      headers: ['Location', ...tagOf(row)] as const,
      content: json(row, example),
      links,
    },
  },
  problems: [...bodyProblems, ...own, ...writeProblems] as const,
})

/** A creation, under an idempotency key if there is one. */
export const creatingOnce = (
  { body, bodyExample, row, example, links = {} }: Creation,
  own: Codes = [],
) => ({
  description: `${jsonBody} With an \`Idempotency-Key\` it is safe to repeat.`,
  header: [IdempotencyKeyHeader],
  body: json(body, bodyExample),
  answers: {
    201: {
      description: 'Created now, or by an earlier request with the same key.',
      headers: ['Location', ...tagOf(row), 'Idempotency-Replayed'] as const,
      content: json(row, example),
      links,
    },
  },
  problems: [...bodyProblems, ...own, ...writeProblems, 'idempotency-key-reused'] as const,
})

const rowAnswer = (row: z.ZodMiniObject, example: unknown) => ({
  description: 'As it is now.',
  headers: tagOf(row),
  content: json(row, example),
})

/** A read of a row. */
export const reading = (
  path: z.ZodMiniType,
  row: z.ZodMiniObject,
  example: unknown,
  own: Codes = [],
) => ({
  path,
  header: preconditionsOf(row),
  answers: {
    200: rowAnswer(row, example),
    ...(hasVersion(row) && { 304: { ...notModified, headers: ['ETag'] as const } }),
  },
  problems: [...own, ...staleOf(row), ...readProblems] as const,
})

/** A change of a row, by `body`. */
export const changing = (
  path: z.ZodMiniType,
  { body, row, example }: { body: object; row: z.ZodMiniObject; example: unknown },
  own: Codes = [],
) => ({
  path,
  description: hasVersion(row)
    ? `${jsonBody} ${conditional} What changes nothing does not raise the version.`
    : jsonBody,
  header: preconditionsOf(row),
  body,
  answers: { 200: rowAnswer(row, example) },
  problems: [...bodyProblems, ...own, ...staleOf(row), ...writeProblems] as const,
})

/** A removal of a row. */
export const removing = (path: z.ZodMiniType, row: z.ZodMiniObject, own: Codes = []) => ({
  path,
  ...(hasVersion(row) && { description: conditional }),
  header: preconditionsOf(row),
  answers: removed,
  problems: [...own, ...staleOf(row), ...writeProblems] as const,
})

const removed = { 204: { description: 'It is gone.' } }

/**
 * Taking something into another row, as a member into a team.
 *
 * @public
 */
export const adding = (path: z.ZodMiniType, own: Codes = []) => ({
  path,
  description: 'What is there already stays as it is, so it is safe to repeat.',
  answers: { 204: { description: 'It is there now.' } },
  problems: [...own, ...writeProblems] as const,
})

/** What the problem of a row that is not there means. */
export const missing = (noun: string): ProblemText => ({
  detail: `There is no ${noun} with the id 26.`,
  meaning: `No ${noun} has this id. It was removed, or it never existed: ids are not used twice.`,
  mend: ['Forget the id. To repeat the request is of no use.'],
})

/** Where a row that an answer holds can be found, changed and deleted. */
export const linksTo = (...operations: readonly string[]) =>
  Object.fromEntries(
    operations.map((operationId) => [
      operationId,
      { operationId, parameters: { id: '$response.body#/id' } },
    ]),
  )
