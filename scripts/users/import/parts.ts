import type { ImportResult } from '../../../src/client.ts'
import type { SourceRecord } from './source.ts'

export type Refusal = ImportResult['refused'][number]

/** What one request carries, and what stands in the file between its records. */
export type Part = {
  /** In NDJSON; empty when no record can be sent. */
  body: string
  /** Records that have no user, by their lines in the file. */
  refused: readonly Refusal[]
  firstLine: number
  lastLine: number
  /** The line of the file on which the record begins that is this line of the body. */
  lineInFile(line: number): number
  /** What begins on this line of the file, with its line end. */
  recordAt(line: number): string
}

/** The limits of POST /users/import. */
const maxRecords = 5_000
const maxBytes = 4 * 1024 * 1024

const utf8 = new TextEncoder()

/** A record, and the line that is sent for it. */
type Sent = { record: SourceRecord; body: string | undefined }

/** Makes requests of a file, from the record that begins on `fromLine`, or next behind it. */
export async function* readParts(
  source: AsyncIterable<SourceRecord[]>,
  fromLine: number,
): AsyncGenerator<Part, undefined> {
  let some: Sent[] = []
  let size = 0

  for await (const records of source) {
    for (const record of records.filter(({ line }) => line >= fromLine)) {
      const body = bodyOf(record)
      const bytes = utf8.encode(body ?? record.text).length
      if (some.length === maxRecords || (some.length > 0 && size + bytes > maxBytes)) {
        yield toPart(some)
        some = []
        size = 0
      }
      some.push({ record, body })
      size += bytes
    }
  }
  if (some.length > 0) {
    yield toPart(some)
  }
}

function toPart(some: readonly Sent[]): Part {
  const sent = some.filter(({ body }) => body !== undefined)
  const last = some.at(-1)?.record

  return {
    body: sent.map(({ body }) => body).join(''),
    refused: some.flatMap(({ record: { line, fault } }) =>
      fault === undefined ? [] : [{ line, pointer: '', detail: fault }],
    ),
    firstLine: some[0]?.record.line ?? 0,
    lastLine: last ? last.line + last.lines - 1 : 0,
    lineInFile: (line) => sent[line - 1]?.record.line ?? line,
    recordAt: (line) => some.find(({ record }) => record.line === line)?.record.text ?? '',
  }
}

/** A line of NDJSON is sent as it stands. */
function bodyOf({ user, fault, text }: SourceRecord): string | undefined {
  if (fault !== undefined) {
    return undefined
  }
  return user ? `${JSON.stringify(user)}\n` : text
}
