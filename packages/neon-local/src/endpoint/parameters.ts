import type { Cell } from './exchange.ts'
import { type Json, jsonText } from './json-text.ts'

/**
 * A parameter as PostgreSQL reads it. The driver sends strings only; a raw client may send any JSON.
 */
export function toParameter(value: Json): Cell {
  if (value === null || typeof value === 'string') {
    return value
  }
  return Array.isArray(value) ? toArrayLiteral(value) : jsonText(value)
}

/**
 * Strings are escaped as JSON escapes them, which is not quite how PostgreSQL does: `\n` in an
 * array arrives as `n`. Hosted Neon has the same flaw.
 */
function toArrayLiteral(values: Json[]): string {
  return `{${values.map(toElement).join(',')}}`
}

function toElement(value: Json): string {
  if (value === null) {
    return 'NULL'
  }
  if (Array.isArray(value)) {
    return toArrayLiteral(value)
  }
  return typeof value === 'object' ? JSON.stringify(jsonText(value)) : jsonText(value)
}
