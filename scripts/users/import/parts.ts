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

/** Makes requests of a file, from the record that begins on `fromLine`, or next behind it. */
export async function* readParts(
  source: AsyncIterable<SourceRecord>,
  fromLine: number,
): AsyncGenerator<Part, undefined> {
  let records: SourceRecord[] = []
  let size = 0

  for await (const record of source) {
    if (record.line >= fromLine) {
      const bytes = Buffer.byteLength(lineOf(record) ?? record.text)
      if (records.length === maxRecords || (records.length > 0 && size + bytes > maxBytes)) {
        yield toPart(records)
        records = []
        size = 0
      }
      records.push(record)
      size += bytes
    }
  }
  if (records.length > 0) {
    yield toPart(records)
  }
}

function toPart(records: readonly SourceRecord[]): Part {
  const sent = records.filter(({ fault }) => fault === undefined)
  const [first] = records
  const last = records.at(-1)

  return {
    body: sent.map(lineOf).join(''),
    refused: records.flatMap(({ line, fault }) =>
      fault === undefined ? [] : [{ line, pointer: '', detail: fault }],
    ),
    firstLine: first?.line ?? 0,
    lastLine: last ? last.line + last.lines - 1 : 0,
    lineInFile: (line) => sent[line - 1]?.line ?? line,
    recordAt: (line) => records.find((record) => record.line === line)?.text ?? '',
  }
}

/** What is sent of a record. A line of NDJSON is sent as it stands. */
function lineOf({ user, fault, text }: SourceRecord): string | undefined {
  if (fault !== undefined) {
    return undefined
  }
  return user ? `${JSON.stringify(user)}\n` : text
}
