import * as z from 'zod/mini'
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

export const bodyProblems = ['malformed-json', 'unsupported-media-type', 'body-too-large'] as const
export const writeProblems = [
  'validation-failed',
  'database-unavailable',
  'outcome-unknown',
] as const
export const readProblems = ['validation-failed', 'database-unavailable'] as const
export const searchProblems = ['search-too-broad', 'too-many-searches'] as const

export const jsonBody = 'The body is JSON in UTF-8, of at most 16 KiB.'
export const conditional =
  '`If-Match` makes sure that nobody changed it since it was read: a stale one is a 412.'

/** A merge patch, which may also come as plain JSON. */
export const mergePatch = (schema: z.ZodMiniType, example: unknown) => {
  const body = { schema: reference(schema), example }
  return { 'application/json': body, 'application/merge-patch+json': body }
}

/** The component `name`, of many of these. */
export const arrayOf = (schema: z.ZodMiniType, name: string) =>
  z.array(schema).register(described, { id: name })

// What operations answer when all is well. Each takes the schema of a row, or of many, and an example.

export const page = (rows: z.ZodMiniType, example: unknown) => ({
  200: {
    description: 'A page.',
    headers: ['Link', 'X-Total-Count'] as const,
    content: json(rows, [example]),
  },
})

/** @public */
export const created = (row: z.ZodMiniType, example: unknown, links: object = {}) => ({
  201: {
    description: 'It is there now.',
    headers: ['Location'] as const,
    content: json(row, example),
    links,
  },
})

/** For rows with a version, which are created under an idempotency key if there is one. */
export const createdOnce = (row: z.ZodMiniType, example: unknown, links: object = {}) => ({
  201: {
    description: 'Created now, or by an earlier request with the same key.',
    headers: ['Location', 'ETag', 'Idempotency-Replayed'] as const,
    content: json(row, example),
    links,
  },
})

export const found = (row: z.ZodMiniType, example: unknown) => ({
  200: { description: 'As it is now.', headers: ['ETag'] as const, content: json(row, example) },
  304: { ...notModified, headers: ['ETag'] as const },
})

export const changed = (row: z.ZodMiniType, example: unknown) => ({
  200: { description: 'As it is now.', headers: ['ETag'] as const, content: json(row, example) },
})

export const removed = { 204: { description: 'It is gone.' } }

export const notModified = { description: 'The client has it already, as `If-None-Match` says.' }

/** Where a row that an answer holds can be found, changed and deleted. */
export const linksTo = (...operations: readonly string[]) =>
  Object.fromEntries(
    operations.map((operationId) => [
      operationId,
      { operationId, parameters: { id: '$response.body#/id' } },
    ]),
  )
