import { CommandError } from '../../command/command.ts'
import type { Format } from '../bulk.ts'

/** A record with its line end, and the line of the file on which it begins, counted from 1. */
export type FileRecord = { line: number; lines: number; bytes: Buffer<ArrayBuffer> }

const lineFeed = 0x0a
const carriageReturn = 0x0d
const quote = 0x22
const comma = 0x2c
const byteOrderMark = Buffer.from('\ufeff')

/**
 * Cuts a file where a record ends, and looks at nothing else: what is in a record is for the service
 * to read. In memory are one chunk and the record that it breaks off in, of at most `maxBytes`.
 */
export async function* readRecords(
  chunks: AsyncIterable<Buffer<ArrayBuffer>>,
  format: Format,
  maxBytes: number,
): AsyncGenerator<FileRecord, undefined> {
  const findEnd = format === 'csv' ? endOfCsvRecord : endOfLine
  let rest: Buffer<ArrayBuffer> = Buffer.alloc(0)
  let line = 1

  for await (const chunk of withEnd(chunks)) {
    rest = chunk ? Buffer.concat([rest, chunk]) : rest
    let start = line === 1 && rest.subarray(0, 3).equals(byteOrderMark) ? 3 : 0
    for (let found = findEnd(rest, start, !chunk); found; found = findEnd(rest, start, !chunk)) {
      yield { line, lines: found.lines, bytes: rest.subarray(start, found.end) }
      start = found.end
      line += found.lines
    }
    rest = rest.subarray(start)
    if (rest.length > maxBytes) {
      throw new CommandError(
        `The record that begins on line ${line} is longer than ${maxBytes} bytes. ` +
          'In CSV, a quote may be missing.',
      )
    }
  }
}

async function* withEnd<Chunk>(chunks: AsyncIterable<Chunk>): AsyncGenerator<Chunk | undefined> {
  yield* chunks
  yield undefined
}

type End = { end: number; lines: number }

/** Undefined while more must be read to tell. */
function endOfLine(bytes: Buffer, start: number, isAll: boolean): End | undefined {
  const at = bytes.indexOf(lineFeed, start)
  return at === -1 ? endOfAll(bytes, start, isAll, 1) : { end: at + 1, lines: 1 }
}

/** As RFC 4180 has it: a cell that begins with a quote may hold line ends. CR ends a line too. */
function endOfCsvRecord(bytes: Buffer, start: number, isAll: boolean): End | undefined {
  let lines = 1
  let isQuoted = false
  let isCellStart = true

  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes[at]
    if (byte === carriageReturn && bytes[at + 1] === undefined && !isAll) {
      return undefined
    }
    if (byte === lineFeed || (byte === carriageReturn && bytes[at + 1] !== lineFeed)) {
      if (!isQuoted) {
        return { end: at + 1, lines }
      }
      lines += 1
    } else if (byte === quote && (isQuoted || isCellStart)) {
      // A quote that is doubled closes the cell and opens it again.
      isQuoted = !isQuoted
    }
    isCellStart = byte === comma || (byte === quote && !isQuoted)
  }
  return endOfAll(bytes, start, isAll, lines)
}

const endOfAll = (bytes: Buffer, start: number, isAll: boolean, lines: number) =>
  isAll && start < bytes.length ? { end: bytes.length, lines } : undefined
