import { isBlank, trim, withoutBlankEnd } from '../../../src/http/csv-cells.ts'
import { CommandError } from '../../command/command-error.ts'
import { type ColumnMap, type Columns, findColumns, UnclearColumns } from './columns.ts'
import { findCsvRecord } from './csv-record.ts'

/** How a CSV file is to be read. */
export type Layout = {
  separator: string
  /** Whatever stands above the records, as it stands there. */
  top: string
  /** The last line of `top`. */
  lastTopLine: number
  header: readonly string[]
  columns: Columns
  /** Of Entra's template, whose first record is an example. */
  isTemplate: boolean
}

/** In the order in which an error speaks of them. */
export const separators = new Map([
  ['comma', ','],
  ['semicolon', ';'],
  ['tab', '\t'],
  ['pipe', '|'],
])

const separatorName = (separator: string): string =>
  [...separators].find(([, each]) => each === separator)?.[0] ?? `"${separator}"`

export const separatorsName = (separator: string): string =>
  separatorName(separator).replace(/\w$/, '$&s')

/** Its name or itself. Throws TypeError. */
export function readSeparator(text: string): string {
  const separator = separators.get(text.toLowerCase()) ?? (text === '\\t' ? '\t' : text)
  if (!/^[^\p{L}\p{N}"\s\ud800-\udfff]$|^\t$/u.test(separator)) {
    throw new TypeError(`--separator must be ${[...separators.keys()].join(', ')} or another sign.`)
  }
  return separator
}

type Given = { separator: string | undefined; map: ColumnMap }
type Top = { end: number; line: number; declared: string | undefined; isTemplate: boolean }

/** Reads the beginning of a file. Throws CommandError when it cannot be known for sure. */
export function readLayout(file: string, head: string, given: Given): Layout {
  const top = readTop(head)
  if (top.end === head.length) {
    throw new CommandError(`The file ${file} has no line that names its columns.`)
  }
  const wanted = given.separator ?? top.declared
  // What a file says of itself may be wrong: Excel writes sep= and then separates as the country does.
  const tried = (given.separator === undefined ? [...separators.values(), wanted] : [wanted])
    .filter((separator) => separator !== undefined)
    .filter((separator, at, all) => all.indexOf(separator) === at)
    .map((separator) => tryLayout(head, top, separator, given.map))
    .filter((layout) => layout !== undefined)
  const good = tried.filter(({ columns }) => columns !== undefined)
  const isSure = good.length === 1 && (wanted ?? good[0]?.separator) === good[0]?.separator
  const [layout] = good

  if (layout?.columns && isSure) {
    return { ...layout, columns: layout.columns }
  }
  if (good.length > 0) {
    const names = good.map(({ separator }) => separatorName(separator))
    const declared =
      top.declared === undefined ? '' : `, but sep= says ${separatorName(top.declared)}`
    throw new CommandError(
      `The columns of ${file} can be separated by ${names.join(' or ')}${declared}. Say which, such ` +
        `as --separator ${names[0]}.`,
    )
  }
  const [best] = tried.sort((one, other) => other.header.length - one.header.length)
  throw new CommandError(
    best
      ? `The header of ${file}, on line ${best.lastTopLine}, is not clear. ${best.problem}`
      : `The quotes of line ${top.line} of ${file} do not match. Inside of quotes, a quote is written twice.`,
  )
}

function tryLayout(head: string, top: Top, separator: string, map: ColumnMap) {
  const found = findCsvRecord(separator)(head, top.end, true)
  if (!found || found.areQuotesWrong) {
    return undefined
  }
  const header = withoutBlankEnd(found.cells.map(trim))
  const layout = {
    separator,
    top: head.slice(0, found.end),
    lastTopLine: top.line + found.lines - 1,
    header,
    isTemplate: top.isTemplate,
  }
  try {
    return { ...layout, columns: findColumns(header, map), problem: '' }
  } catch (error) {
    if (error instanceof UnclearColumns) {
      return { ...layout, columns: undefined, problem: error.message }
    }
    throw error
  }
}

/** Skips what systems write above the header. */
function readTop(head: string): Top {
  const top: Top = { end: 0, line: 1, declared: undefined, isTemplate: false }
  const physicalLine = /([^\r\n]*)(?:\r\n?|\n)/y
  for (let found = physicalLine.exec(head); found; found = physicalLine.exec(head)) {
    const [, text = ''] = found
    const declared = /^"?sep=([^"])"?[\s,;|]*$/i.exec(text)?.[1]
    const isTemplate = /^"?version:v\d/i.test(text)
    // PowerShell's Export-Csv begins with the type of its objects.
    const isType = /^"?#TYPE\s/i.test(text)
    if (declared === undefined && !isTemplate && !isType && !isBlankLine(text)) {
      return top
    }
    top.declared ??= declared
    top.isTemplate ||= isTemplate
    top.end = physicalLine.lastIndex
    top.line += 1
  }
  return top
}

/** Whatever separates. */
const isBlankLine = (text: string) =>
  text.split(/[,;\t|]/).every((cell) => isBlank(cell.replaceAll('"', '')))
