import type * as z from 'zod/mini'
import { reference } from './components.ts'

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
