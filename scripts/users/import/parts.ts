import type { Format } from '../bulk.ts'
import { type FileRecord, readRecords } from './records.ts'

/** What one request carries. */
export type Part = {
  body: Buffer<ArrayBuffer>
  /** Of a CSV the first record, which every part begins with; of NDJSON nothing. */
  header: Buffer
  firstLine: number
  lastLine: number
  /** The line of the file that is this line of the body. */
  lineInFile(line: number): number
  /** What begins on this line of the file. */
  recordAt(line: number): Buffer
}

/** The limits of POST /users/import. */
const maxRecords = 5_000
const maxBytes = 4 * 1024 * 1024

/** Cuts a file into requests, from the record that begins on `fromLine`, or next behind it. */
export async function* readParts(
  chunks: AsyncIterable<Buffer<ArrayBuffer>>,
  format: Format,
  fromLine: number,
): AsyncGenerator<Part, undefined> {
  let header: FileRecord = { line: 0, lines: 0, bytes: Buffer.alloc(0) }
  let records: FileRecord[] = []
  let size = 0

  for await (const record of readRecords(chunks, format, maxBytes)) {
    if (format === 'csv' && record.line === 1) {
      header = { ...record, bytes: Buffer.from(record.bytes) }
      size = header.bytes.length
    } else if (record.line >= fromLine) {
      const isFull = records.length === maxRecords || size + record.bytes.length > maxBytes
      if (isFull && records.length > 0) {
        yield toPart(header, records)
        records = []
        size = header.bytes.length
      }
      records.push(record)
      size += record.bytes.length
    }
  }
  if (records.length > 0 || (header.lines > 0 && fromLine === 1)) {
    // A header alone is sent too: it may be wrong.
    yield toPart(header, records)
  }
}

function toPart(header: FileRecord, records: readonly FileRecord[]): Part {
  const firstLine = records[0]?.line ?? header.lines + 1
  const last = records.at(-1)

  return {
    body: Buffer.concat([header.bytes, ...records.map(({ bytes }) => bytes)]),
    header: header.bytes,
    firstLine,
    lastLine: last ? last.line + last.lines - 1 : header.lines,
    lineInFile: (line) => (line <= header.lines ? line : line - header.lines + firstLine - 1),
    recordAt: (line) => records.find((record) => record.line === line)?.bytes ?? Buffer.alloc(0),
  }
}
