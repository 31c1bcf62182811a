import type { ColumnMap } from './columns.ts'
import { findCsvRecord } from './csv-record.ts'
import { decode, type Encoding, findEncoding, type SourceFile } from './encoding.ts'
import { type Layout, readLayout } from './layout.ts'
import { type FileRecord, findLine, readRecords } from './records.ts'
import { readUser, type User } from './users.ts'

export type Format = 'csv' | 'ndjson'

/** What is said of a file. Undefined where the file is to tell. */
export type ReadOptions = {
  format: Format
  encoding: string | undefined
  separator: string | undefined
  map: ColumnMap
}

/** A file of users, and how it is to be read. */
export type Source = {
  file: SourceFile
  format: Format
  encoding: Encoding
  /** Of CSV. */
  layout: Layout | undefined
}

/** A record that is not blank. Only what is in CSV was read. */
export type SourceRecord = FileRecord & { user?: User; separator?: string; fault?: string }

/** Finds out how a file is to be read. Throws CommandError when that cannot be known for sure. */
export async function openSource(file: SourceFile, options: ReadOptions): Promise<Source> {
  const { format } = options
  const encoding = await findEncoding(file, options.encoding)
  const layout =
    format === 'csv' ? readLayout(file.name, await readHead(file, encoding), options) : undefined
  return { file, format, encoding, layout }
}

/** Far more than the header of any file has. */
const maxHeadLength = 2 ** 20

async function readHead(file: SourceFile, encoding: Encoding): Promise<string> {
  let head = ''
  for await (const text of decode(file.chunks(), encoding)) {
    head += text
    if (head.length > maxHeadLength) {
      break
    }
  }
  return head
}

/** The records of the whole file, those of a chunk at once. `chunks` are those of the file. */
export async function* readSource(
  { encoding, layout }: Source,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<SourceRecord[], undefined> {
  const find = layout ? findCsvRecord(layout.separator) : findLine

  for await (const records of readRecords(decode(chunks, encoding), find)) {
    yield layout ? records.flatMap((record) => read(record, layout)) : records
  }
}

function read(record: FileRecord, layout: Layout): SourceRecord[] {
  const found = record.line > layout.lastTopLine ? readUser(record, layout) : undefined
  return found ? [{ ...record, ...found }] : []
}
