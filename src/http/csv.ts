import { csvFormatRows, csvParseRows } from 'd3-dsv'
import { ServiceError } from '../errors.ts'
import { findInvisible } from '../invisible.ts'
import { isBlank, readCell, trim, withoutBlankEnd, writeCell } from './csv-cells.ts'
import { findBareQuotes } from './csv-quotes.ts'
import type { LineRules, RawLine } from './lines.ts'

type CsvRules = Pick<LineRules<unknown>, 'columns' | 'maxLength'>
type Columns = CsvRules['columns']

/**
 * Gives the records of a CSV file with a header (RFC 4180) to `take`, one by one.
 *
 * Throws `malformed-csv`, and `validation-failed` for a wrong header.
 */
export function readCsv(
  body: string,
  { columns, maxLength }: CsvRules,
  take: (line: RawLine) => void,
): void {
  const text = body.replaceAll(/\r\n?/g, '\n')
  const bareQuotes = findBareQuotes(text).values()
  let bareQuote = bareQuotes.next().value
  let names: string[] | undefined
  let line = 1

  csvParseRows(text, (cells) => {
    // A quoted cell may contain line feeds.
    const next = line + cells.reduce((feeds, cell) => feeds + countFeeds(cell), 1)
    let hasBareQuote = false
    while (bareQuote !== undefined && bareQuote < next) {
      hasBareQuote = true
      bareQuote = bareQuotes.next().value
    }
    const isLong = lengthOf(cells) > maxLength
    if (!isLong && cells.every(isBlank)) {
      // Spreadsheets leave the separators of empty rows.
    } else if (!names) {
      names = readHeader(isLong ? [] : withoutBlankEnd(cells), columns)
    } else if (isLong) {
      take({ line, pointer: '', detail: `is longer than ${maxLength} characters` })
    } else if (hasBareQuote) {
      take({ line, pointer: '', detail: bareQuoteDetail })
    } else {
      take(readRecord(line, withoutBlankEnd(cells, names.length), names))
    }
    line = next
  })
  if (!names) {
    readHeader([], columns)
  }
}

export const bareQuoteDetail =
  'has a quote inside a cell that does not begin with one: put the whole cell in quotes, and ' +
  'double each quote inside'

function readRecord(line: number, cells: readonly string[], names: readonly string[]): RawLine {
  return cells.length === names.length
    ? {
        line,
        value: Object.fromEntries(names.map((name, at) => [name, readCell(cells[at] ?? '')])),
      }
    : { line, pointer: '', detail: cellsDetail(cells.length, names.length) }
}

export const cellsDetail = (cells: number, columns: number): string =>
  `has ${cells} cell${cells === 1 ? '' : 's'} for ${columns} columns`

/** Counts a comma or a line end for each cell. */
const lengthOf = (cells: readonly string[]) =>
  cells.reduce((sum, { length }) => sum + length + 1, 0)

const countFeeds = (text: string) => (text.includes('\n') ? text.split('\n').length - 1 : 0)

function readHeader(header: readonly string[], { required, known }: Columns): string[] {
  const names = header.map((cell) => known.find((name) => isSame(name, trim(cell))))
  const found = names.filter((name) => name !== undefined)
  const isEachOnce = found.length === names.length && new Set(found).size === found.length

  if (!isEachOnce || !required.every((name) => found.includes(name))) {
    const optional = known.filter((name) => !required.includes(name))
    const invisible = findInvisible(header.map(trim).join(''))
    // The header is not repeated: if it is missing, the first row stands in its place.
    throw new ServiceError('validation-failed', 'The header of the CSV is not as it must be.', {
      faults: [
        {
          pointer: '',
          detail:
            `must begin with a line that names the columns ${required.join(' and ')}, ` +
            `and besides them at most ${optional.join(', ')}, each once, with commas between` +
            (invisible ? `. The first line holds the invisible character ${invisible}` : ''),
        },
      ],
    })
  }
  return found
}

const isSame = (one: string, other: string) => one.toLowerCase() === other.toLowerCase()

/** Every line has a line end, the last one too. */
export const writeCsv = (rows: readonly (readonly (string | number)[])[]): string =>
  rows.map((row) => `${csvFormatRows([row.map(writeCell)])}\r\n`).join('')
