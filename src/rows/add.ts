import { sql } from 'drizzle-orm'
import type { Database } from '../db/connection.ts'
import { cached } from '../db/statement.ts'
import { orConflict } from './conflicts.ts'
import { fieldsOf, newValues } from './create.ts'
import type { Rows } from './rows.ts'

/**
 * Writes a row that may be there already, and stays as it is then. Throws the conflicts of the rows, as
 * for a reference to what is not there.
 */
export async function addRow<Seen, New extends object>(
  db: Database,
  rows: Rows<Seen, New>,
  newRow: New,
): Promise<void> {
  const fields = fieldsOf(newRow)
  const statement = cached(
    `add ${rows.name} ${fields}`,
    () => sql`insert into ${rows.table} ${newValues(rows, fields)} on conflict do nothing`,
  )
  await db.run(statement, newRow).catch(orConflict(rows.conflicts))
}
