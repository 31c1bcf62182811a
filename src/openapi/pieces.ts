import * as z from 'zod/mini'
import { IdempotencyKeyHeader } from '../http/idempotency-key-header.ts'
import { PreconditionHeaders } from '../http/precondition-headers.ts'
import type { ProblemCode } from '../problem-statuses.ts'
import type { ProblemText } from './common-problem-texts.ts'
import { described, reference } from './components.ts'

// What the contracts of several resources say alike.

export const json = (schema: z.ZodMiniType, example: unknown) => ({
  'application/json': { schema: reference(schema), example },
})

/** A body that is text. */
export const text = (example: string) => ({ schema: { type: 'string' }, example })

/** `x-item-schema` is what OpenAPI 3.2 calls `itemSchema`: of one line. */
export const ndjson = (schema: z.ZodMiniType, ...lines: readonly unknown[]) => ({
  ...text(lines.map((line) => `${JSON.stringify(line)}\n`).join('')),
  'x-item-schema': reference(schema),
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

/** The component `name`, of many of these. */
export const arrayOf = (schema: z.ZodMiniType, name: string) =>
  z.array(schema).register(described, { id: name })

export const notModified = { description: 'The client has it already, as `If-None-Match` says.' }

// Operations that resources have alike, but for their name, scope and summary. `own` are the problems of
// the resource.

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

type Creation = {
  body: z.ZodMiniType
  bodyExample: unknown
  row: z.ZodMiniType
  example: unknown
  links?: object
}

/**
 * A creation, without an idempotency key and an `ETag`.
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
      headers: ['Location'] as const,
      content: json(row, example),
      links,
    },
  },
  problems: [...bodyProblems, ...own, ...writeProblems] as const,
})

/** A creation of a row with a version, under an idempotency key if there is one. */
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
      headers: ['Location', 'ETag', 'Idempotency-Replayed'] as const,
      content: json(row, example),
      links,
    },
  },
  problems: [...bodyProblems, ...own, ...writeProblems, 'idempotency-key-reused'] as const,
})

const rowAnswer = (row: z.ZodMiniType, example: unknown) => ({
  description: 'As it is now.',
  headers: ['ETag'] as const,
  content: json(row, example),
})

/** A read of a row with a version. */
export const reading = (
  path: z.ZodMiniType,
  row: z.ZodMiniType,
  example: unknown,
  own: Codes = [],
) => ({
  path,
  header: [PreconditionHeaders],
  answers: { 200: rowAnswer(row, example), 304: { ...notModified, headers: ['ETag'] as const } },
  problems: [...own, 'precondition-failed', ...readProblems] as const,
})

/** A change of a row with a version, by `body`. */
export const changing = (
  path: z.ZodMiniType,
  { body, row, example }: { body: object; row: z.ZodMiniType; example: unknown },
  own: Codes = [],
) => ({
  path,
  description: `${jsonBody} ${conditional} What changes nothing does not raise the version.`,
  header: [PreconditionHeaders],
  body,
  answers: { 200: rowAnswer(row, example) },
  problems: [...bodyProblems, ...own, 'precondition-failed', ...writeProblems] as const,
})

/** A removal of a row with a version. */
export const removing = (path: z.ZodMiniType, own: Codes = []) => ({
  path,
  description: conditional,
  header: [PreconditionHeaders],
  answers: removed,
  problems: [...own, 'precondition-failed', ...writeProblems] as const,
})

/** @public */
export const removed = { 204: { description: 'It is gone.' } }

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
