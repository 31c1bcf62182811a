import { type Column, getTableColumns } from 'drizzle-orm'
import type { Rows } from './rows.ts'

/** Rows, of which this needs no more. */
export type Kept = Pick<Rows<unknown, unknown>, 'deleted' | 'name' | 'key' | 'events'>

/**
 * The table of the rows that were removed and can be taken back. Its columns have the names of the others.
 * Throws TypeError for rows that are removed for good.
 */
export function deletedOf({ deleted, name, key }: Kept) {
  if (!deleted) {
    throw new TypeError(`The rows of ${name} have no table for what is deleted.`)
  }
  const columns: Readonly<Record<string, Column>> = getTableColumns(deleted)
  const column = (field: string): Column => {
    if (!columns[field]) {
      throw new TypeError(`The table of the deleted rows of ${name} has no column ${field}.`)
    }
    return columns[field]
  }
  return { table: deleted, key, column }
}
