import type * as z from 'zod/mini'
import { ServiceError } from '../errors.ts'
import { readCsv } from './csv.ts'
import type { Body } from './read-body.ts'
import { faultsOf } from './validation-faults.ts'

/** A record of a body with many, and the line on which it begins, counted from 1. */
export type Line<Value> = { line: number; value: Value }

/** The first fault of a line. */
export type Refusal = { line: number; pointer: string; detail: string }

/** The content of a line before validation, or why it cannot be read. */
export type RawLine = Line<unknown> | Refusal

export type LineRules<Value> = {
  /** Of one line. */
  schema: z.ZodMiniType<Value>
  /** The columns of CSV: those that it may have, and those that it must have. */
  columns: { known: readonly string[]; required: readonly string[] }
  maxLines: number
  /** In UTF-16 units, of one whole record. A longer one is refused before it is parsed. */
  maxLength: number
}

/**
 * Splits a body of CSV or NDJSON. A line that breaks the rules is refused alone.
 *
 * Throws `malformed-csv` when the lines cannot be told apart, `validation-failed` when the columns
 * cannot, and `body-too-large`.
 */
export function readLines<Value>(
  { mediaType, text }: Body,
  { schema, columns, maxLines, maxLength }: LineRules<Value>,
): { valid: Line<Value>[]; refused: Refusal[] } {
  limitFeeds(text, maxLines)
  const valid: Line<Value>[] = []
  const refused: Refusal[] = []
  const take = (raw: RawLine) => {
    if (valid.length + refused.length === maxLines) {
      throw tooManyLines(maxLines)
    }
    if (!('value' in raw)) {
      refused.push(raw)
      return
    }
    const result = schema.safeParse(raw.value)
    if (result.success) {
      valid.push({ line: raw.line, value: result.data })
    } else {
      refused.push({ line: raw.line, ...firstFaultOf(result.error) })
    }
  }

  if (mediaType === 'text/csv') {
    readCsv(text, { columns, maxLength }, take)
  } else {
    readNdjson(text, maxLength, take)
  }
  return { valid, refused }
}

/** Blank lines are no records, but each takes memory, and a Worker has little. */
function limitFeeds(text: string, maxLines: number): void {
  const feed = /\n|\r\n?/g

  for (let feeds = 0; feed.test(text); feeds += 1) {
    if (feeds > 10 * maxLines) {
      throw tooManyLines(maxLines)
    }
  }
}

const tooManyLines = (maxLines: number) =>
  new ServiceError(
    'body-too-large',
    `The body has more than ${maxLines} lines, which is the most. Send it in parts.`,
  )

function firstFaultOf({ issues }: z.core.$ZodError): { pointer: string; detail: string } {
  const [fault] = issues.flatMap((issue) => faultsOf('json', issue))

  return { pointer: '', detail: 'is refused', ...fault }
}

/** Skips blank lines, so that the body may end with a line feed or without. */
function readNdjson(text: string, maxLength: number, take: (line: RawLine) => void): void {
  text.split('\n').forEach((content, index) => {
    if (content.length > maxLength) {
      take({
        line: index + 1,
        pointer: '',
        detail: `is longer than ${maxLength} characters`,
      })
    } else if (content.trim() !== '') {
      take(parseLine(content, index + 1))
    }
  })
}

function parseLine(content: string, line: number): RawLine {
  try {
    return { line, value: JSON.parse(content) }
  } catch {
    return { line, pointer: '', detail: 'is not JSON' }
  }
}
