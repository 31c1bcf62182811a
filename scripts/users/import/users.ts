import { bareQuoteDetail, cellsDetail } from '../../../src/http/csv.ts'
import { isBlank, readCell, withoutBlankEnd } from '../../../src/http/csv-cells.ts'
import { type Layout, separators } from './layout.ts'
import type { FileRecord } from './records.ts'

export type User = { name: string; email: string }

/** What stands for a user, or why nothing does. `separator` is there when it is not that of the header. */
export type ReadUser = { user: User; separator?: string } | { fault: string }

/** Undefined for a record in which nothing is. */
export function readUser(
  { cells, hasBareQuote }: Pick<FileRecord, 'cells' | 'hasBareQuote'>,
  layout: Layout,
): ReadUser | undefined {
  if (cells.every(isBlank)) {
    return undefined
  }
  if (hasBareQuote) {
    return { fault: bareQuoteDetail }
  }
  const user = userOf(cells, layout)
  if (typeof user !== 'string') {
    return { user }
  }
  return cells.length === 1
    ? (separatedOtherwise(cells, layout) ?? { fault: user })
    : { fault: user }
}

function userOf(
  cells: readonly string[],
  { columns, header, isTemplate }: Omit<Layout, 'separator'>,
): User | string {
  const present = withoutBlankEnd(cells, header.length)
  const cell = (at: number) => readCell(present[at] ?? '')
  if (isTemplate && cell(0).startsWith('Example: ')) {
    return 'is the example of the template'
  }
  const names = columns.name.map((parts) =>
    parts
      .map(cell)
      .filter((part) => part !== '')
      .join(' '),
  )
  const name = names.find((each) => each !== '') ?? ''
  // Empty cells at the end may be left out, but not those of a user.
  const lacksEmail = columns.email >= present.length
  const lacksName = name === '' && columns.name.flat().some((at) => at >= present.length)
  return present.length > header.length || lacksEmail || lacksName
    ? cellsDetail(present.length, header.length)
    : { name, email: cell(columns.email) }
}

/**
 * People write a header with commas, and their Excel the rows with semicolons. A row is read so when only
 * one other separator makes as many cells as there are columns, with an address where the email is.
 */
function separatedOtherwise([row = '']: readonly string[], layout: Layout): ReadUser | undefined {
  const { header, columns } = layout
  const read = [...separators.values()]
    .filter((separator) => row.includes(separator))
    .map((separator) => ({ separator, cells: row.split(separator) }))
  const [only, ...more] = read
  if (!only || more.length > 0 || only.cells.length !== header.length) {
    return undefined
  }
  const user = userOf(only.cells, layout)
  const isAlone = only.cells.every((cell, at) => cell.includes('@') === (at === columns.email))
  return typeof user !== 'string' && isAlone ? { user, separator: only.separator } : undefined
}
