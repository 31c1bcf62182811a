import { csvFormatRows, csvParseRows } from 'd3-dsv'
import { ServiceError } from '../errors.ts'
import type { LineRules, RawLine } from './lines.ts'

type CsvRules = Pick<LineRules<unknown>, 'columns' | 'maxLength'>
type Columns = CsvRules['columns']

/**
 * How a formula may begin. The full-width and small forms and the mathematical minus count too:
 * people in East Asia type them, and some spreadsheets convert them to ASCII first.
 */
const sign = '[=+\\-@\\t\\r\\uff1d\\uff0b\\uff0d\\uff20\\ufe66\\ufe62\\ufe63\\ufe6b\\u2212]'

/**
 * A cell that a spreadsheet might run, after any number of apostrophes. Writing adds an apostrophe,
 * and reading removes one, so that both together change nothing.
 */
const formula = new RegExp(`^'*${sign}`)
const writtenFormula = new RegExp(`^'+${sign}`)

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
  checkQuotes(text)
  let names: string[] | undefined
  let line = 1

  csvParseRows(text, (cells) => {
    const isLong = lengthOf(cells) > maxLength
    if (!names) {
      names = readHeader(isLong ? [] : cells, columns)
    } else if (isLong) {
      take({ line, pointer: '', detail: `is longer than ${maxLength} characters` })
    } else if (cells.length > 1 || trim(cells[0] ?? '') !== '') {
      take(readRecord(line, cells, names))
    }
    // A quoted cell may contain line feeds.
    line += cells.reduce((feeds, cell) => feeds + countFeeds(cell), 1)
  })
  if (!names) {
    readHeader([], columns)
  }
}

function readRecord(line: number, cells: readonly string[], names: readonly string[]): RawLine {
  return cells.length === names.length
    ? { line, value: Object.fromEntries(names.map((name, at) => [name, read(cells[at] ?? '')])) }
    : {
        line,
        pointer: '',
        detail: `has ${count(cells.length, 'cell')} for ${names.length} columns`,
      }
}

/** Counts a comma or a line end for each cell. */
const lengthOf = (cells: readonly string[]) =>
  cells.reduce((sum, { length }) => sum + length + 1, 0)

const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`

const countFeeds = (text: string) => (text.includes('\n') ? text.split('\n').length - 1 : 0)

/**
 * The parser guesses what odd quotes mean, so a file that has lost one would be read as another
 * file.
 */
function checkQuotes(text: string): void {
  for (let open = text.indexOf('"'); open >= 0; ) {
    const close = closingQuote(text, open)
    if (!isEdge(text[open - 1]) || close < 0 || !isEdge(text[close + 1])) {
      const line = countFeeds(text.slice(0, open)) + 1
      throw new ServiceError('malformed-csv', `The quotes of line ${line} do not match.`)
    }
    open = text.indexOf('"', close + 1)
  }
}

/** Two quotes inside a cell mean one. */
function closingQuote(text: string, open: number): number {
  let close = text.indexOf('"', open + 1)
  while (close >= 0 && text[close + 1] === '"') {
    close = text.indexOf('"', close + 2)
  }
  return close
}

/** Whether this may stand before or after the quotes of a cell. */
const isEdge = (character: string | undefined) =>
  character === undefined || character === ',' || character === '\n'

function readHeader(header: readonly string[], { required, known }: Columns): string[] {
  const names = header.map((cell) => known.find((name) => isSame(name, trim(cell))))
  const found = names.filter((name) => name !== undefined)
  const isEachOnce = found.length === names.length && new Set(found).size === found.length

  if (!isEachOnce || !required.every((name) => found.includes(name))) {
    const optional = known.filter((name) => !required.includes(name))
    // The header is not repeated: if it is missing, the first row stands in its place.
    throw new ServiceError('validation-failed', 'The header of the CSV is not as it must be.', {
      faults: [
        {
          pointer: '',
          detail:
            `must begin with a line that names the columns ${required.join(' and ')}, ` +
            `and besides them at most ${optional.join(', ')}, each once, with commas between`,
        },
      ],
    })
  }
  return found
}

const isSame = (one: string, other: string) => one.toLowerCase() === other.toLowerCase()

function read(cell: string): string {
  const value = trim(cell)
  return writtenFormula.test(value) ? value.slice(1) : value
}

const isSpace = /\p{White_Space}/u

// By hand, because JavaScript's `trim` also removes U+FEFF, with which a name may begin, and
// because a regular expression takes time with the square of the white space.
function trim(cell: string): string {
  let start = 0
  let end = cell.length
  while (start < end && isSpace.test(cell.charAt(start))) {
    start += 1
  }
  while (end > start && isSpace.test(cell.charAt(end - 1))) {
    end -= 1
  }
  return cell.slice(start, end)
}

/** Every line has a line end, the last one too. */
export const writeCsv = (rows: readonly (readonly (string | number)[])[]): string =>
  rows.map((row) => `${csvFormatRows([row.map(write)])}\r\n`).join('')

const write = (cell: string | number): string =>
  formula.test(String(cell)) ? `'${cell}` : String(cell)
