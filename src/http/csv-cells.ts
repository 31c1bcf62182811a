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

export function readCell(cell: string): string {
  const value = trim(cell)
  return writtenFormula.test(value) ? value.slice(1) : value
}

export const writeCell = (cell: string | number): string =>
  formula.test(String(cell)) ? `'${cell}` : String(cell)

const whiteSpace = /\p{White_Space}/u

const isSpace = (character: string) =>
  (character <= ' ' || character > '~') && whiteSpace.test(character)

// By hand, because JavaScript's `trim` also removes U+FEFF, with which a name may begin, and
// because a regular expression takes time with the square of the white space.
export function trim(cell: string): string {
  let start = 0
  let end = cell.length
  while (start < end && isSpace(cell.charAt(start))) {
    start += 1
  }
  while (end > start && isSpace(cell.charAt(end - 1))) {
    end -= 1
  }
  return cell.slice(start, end)
}

export const isBlank = (cell: string): boolean => trim(cell) === ''

/** Spreadsheets write empty cells behind the last column. They count for nothing. */
export function withoutBlankEnd(cells: readonly string[], columns = 0): readonly string[] {
  let { length } = cells
  while (length > columns && isBlank(cells[length - 1] ?? '')) {
    length -= 1
  }
  return length === cells.length ? cells : cells.slice(0, length)
}
