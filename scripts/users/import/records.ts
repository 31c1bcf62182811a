import { CommandError } from '../../command/command-error.ts'

/** A record as it stands in the file, its line end included, and the line on which it begins. */
export type FileRecord = {
  line: number
  lines: number
  text: string
  /** Of CSV, without the quotes around them. */
  cells: readonly string[]
  /** Whether a cell of CSV that does not begin with a quote holds one. */
  hasBareQuote: boolean
}

/** What begins at a place of a text, and where it ends. */
export type Found = Omit<FileRecord, 'line' | 'text'> & { end: number; areQuotesWrong: boolean }

/** Undefined while more must be read to tell. */
export type FindRecord = (text: string, start: number, isAll: boolean) => Found | undefined

/** Far more than the service takes of one user: exports of other systems have many columns. */
const maxLength = 4 * 1024 * 1024

/**
 * Cuts a text where its records end, and gives those of a chunk at once: one by one, millions would
 * mostly wait for each other. In memory are one chunk and the record that it breaks off in. Throws
 * CommandError where a record has no end.
 */
export async function* readRecords(
  texts: AsyncIterable<string>,
  find: FindRecord,
): AsyncGenerator<FileRecord[], undefined> {
  let rest = ''
  let line = 1

  for await (const text of withEnd(texts)) {
    rest += text ?? ''
    const isAll = text === undefined
    const records: FileRecord[] = []
    let start = 0
    for (let found = find(rest, start, isAll); found; found = find(rest, start, isAll)) {
      const { end, lines, cells, hasBareQuote } = found
      if (found.areQuotesWrong) {
        throw new CommandError(
          `The quotes of line ${line + lines - 1} do not match. Inside of quotes, a quote is ` +
            'written twice.',
        )
      }
      records.push({ line, lines, text: rest.slice(start, end), cells, hasBareQuote })
      start = end
      line += lines
    }
    yield records
    rest = rest.slice(start)
    if (rest.length > maxLength) {
      throw new CommandError(
        `The record that begins on line ${line} is longer than ${maxLength} characters. ` +
          'In CSV, a quote may be missing.',
      )
    }
  }
}

async function* withEnd(texts: AsyncIterable<string>): AsyncGenerator<string | undefined> {
  yield* texts
  yield undefined
}

/** A line of NDJSON. What is in it is for the service to read. */
export const findLine: FindRecord = (text, start, isAll) => {
  const feed = text.indexOf('\n', start)
  if (feed < 0 && (!isAll || start === text.length)) {
    return undefined
  }
  const end = feed < 0 ? text.length : feed + 1
  return { end, lines: 1, cells: [], hasBareQuote: false, areQuotesWrong: false }
}
