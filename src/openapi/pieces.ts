import type * as z from 'zod/mini'
import { reference } from './components.ts'

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

export const notModified = { description: 'The client has it already, as `If-None-Match` says.' }

export const jsonBody = 'The body is JSON in UTF-8, of at most 16 KiB.'
