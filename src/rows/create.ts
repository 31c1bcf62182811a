import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db/connection.ts'
import { cached } from '../db/statement.ts'
import { orConflict } from './conflicts.ts'
import { eventOf, eventValues, fieldNames, marksOf } from './events.ts'
import { commas, given, nameOf, namesOf, type Rows, type SeenRow } from './rows.ts'
import { whole } from './write.ts'

/**
 * Writes a row. The database finds conflicts: if they were checked first, two requests for one name
 * could both pass the check.
 *
 * Throws the conflicts of the rows.
 */
export async function createRow<Seen, New extends object>(
  db: Database,
  rows: Rows<Seen, New>,
  newRow: New,
): Promise<SeenRow<Seen>> {
  const fields = fieldsOf(newRow)
  const statement = cached(`create ${rows.name} ${fields}`, () => insertion(rows, fields))
  const [row] = await db
    .run(statement, { ...newRow, ...eventValues() })
    .catch(orConflict(rows.conflicts))

  if (!row) {
    throw new TypeError('An insert without a conflict clause has returned no row.')
  }
  return rows.see(row)
}

function insertion<Seen, New>(rows: Rows<Seen, New>, fields: readonly string[]): SQL {
  const { table, events, selection } = rows
  const write = sql`insert into ${table} ${newValues(rows, fields)} returning ${selection}`
  return events
    ? whole({
        write: sql`${write}, ${marksOf(rows)}`,
        behind: [eventOf(events, { kind: 'create', fields: fieldNames(fields) })],
        told: namesOf(rows),
      })
    : write
}

/** What an insert writes. */
export const newValues = (rows: Named, fields: readonly string[]): SQL =>
  fields.length === 0
    ? sql`default values`
    : sql`(${names(rows, fields)}) values (${values(rows, fields)})`

/** The fields that have a value. */
export const fieldsOf = (values: object): string[] =>
  Object.entries(values).flatMap(([field, value]) => (value === undefined ? [] : [field]))

type Named = Pick<Rows<unknown, unknown>, 'column'>

export const names = ({ column }: Named, fields: readonly string[]): SQL =>
  commas(fields.map((field) => sql`${nameOf(column(field))}`))

const values = ({ column }: Named, fields: readonly string[]): SQL =>
  commas(fields.map((field) => given(field, column(field))))
