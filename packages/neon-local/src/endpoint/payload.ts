import { isUtf8 } from 'node:buffer'
import { findRepeatedKeys, queryKeys } from './duplicate-keys.ts'
import { parseWithSources } from './exact-numbers.ts'
import type { Cell } from './exchange.ts'
import { type Json, readNumber } from './json-text.ts'
import { toParameter } from './parameters.ts'
import { Refusal } from './problem-bodies.ts'

export type Query = { sql: string; params: Cell[]; arrayMode: boolean | undefined }
export type Payload = { kind: 'single'; query: Query } | { kind: 'batch'; queries: Query[] }

/** serde_json, which hosted Neon reads with, refuses what is nested deeper. */
const maxDepth = 127

/**
 * Reads a body as strictly as hosted Neon does: JSON.parse alone would let lone surrogates,
 * repeated keys and rounded integers through, and a test here would pass that fails there.
 */
export function readPayload(body: Buffer): Payload {
  if (!isUtf8(body)) {
    throw unreadable('invalid unicode code point')
  }
  const text = body.toString()
  const payload = toPayload(parse(text), text)
  if (!payload) {
    throw unreadable('data did not match any variant of untagged enum Payload')
  }
  return payload
}

/**
 * A body that has both `query` and `queries` is a single query. As there, an object may be an array
 * of its values, in the order of their names here.
 */
function toPayload(value: Json, text: string): Payload | undefined {
  const repeated = findRepeatedKeys(text)
  const query = repeated.inQuery ? undefined : toQuery(value)
  if (query) {
    return { kind: 'single', query }
  }
  const { queries: list } = named(value, ['queries'])
  if (!Array.isArray(list) || repeated.inBatch) {
    return undefined
  }
  const queries = list.map(toQuery).filter((entry) => entry !== undefined)
  return queries.length === list.length ? { kind: 'batch', queries } : undefined
}

function toQuery(value: Json): Query | undefined {
  const { query: sql, params = [], arrayMode = null } = named(value, queryKeys)
  const isMode = arrayMode === null || typeof arrayMode === 'boolean'
  return typeof sql === 'string' && Array.isArray(params) && isMode
    ? { sql, params: params.map(toParameter), arrayMode: arrayMode ?? undefined }
    : undefined
}

function parse(text: string): Json {
  try {
    const value: Json = JSON.parse(text)
    const needsCare = hasNumber(value, 0) || /\\u[dD][89a-fA-F]/.test(text)
    return needsCare ? parseWithSources(text, exactly) : value
  } catch (error) {
    throw error instanceof SyntaxError ? unreadable(whereOf(error)) : error
  }
}

function exactly(key: string, value: Json, source: string | undefined): Json {
  if (!key.isWellFormed() || (typeof value === 'string' && !value.isWellFormed())) {
    throw unreadable('lone leading surrogate in hex escape')
  }
  if (typeof value !== 'number') {
    return value
  }
  if (!Number.isFinite(value)) {
    throw unreadable('number out of range')
  }
  return readNumber(source ?? String(value))
}

function hasNumber(value: Json, depth: number): boolean {
  if (typeof value !== 'object' || value === null) {
    return typeof value === 'number'
  }
  if (depth >= maxDepth) {
    throw unreadable('recursion limit exceeded')
  }
  // No early end: every part has to be looked at for its depth.
  let found = false
  for (const part of Array.isArray(value) ? value : Object.values(value)) {
    found = hasNumber(part, depth + 1) || found
  }
  return found
}

/** Only the place: the words of the SyntaxError repeat parts of the body, which may hold values. */
function whereOf({ message }: SyntaxError): string {
  const place = /line \d+ column \d+/.exec(message)?.[0]
  return place ? `expected value at ${place}` : 'EOF while parsing a value'
}

/** The values of an object by their names; none of what is neither an object nor such an array. */
function named(value: Json, names: readonly string[]): { [key: string]: Json } {
  if (Array.isArray(value)) {
    const entries = value.map((part, index): [string, Json] => [names[index] ?? '', part])
    return value.length > names.length ? {} : Object.fromEntries(entries)
  }
  return typeof value === 'object' && value !== null ? value : {}
}

function unreadable(reason: string): Refusal {
  return new Refusal(400, `could not parse the HTTP request body: ${reason}`)
}
