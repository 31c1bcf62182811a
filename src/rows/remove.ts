import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db/connection.ts'
import { cached } from '../db/statement.ts'
import { hasId } from './get.ts'
import { limitsVersions, meetsPrecondition, type Precondition } from './precondition.ts'
import type { Id, Rows } from './rows.ts'
import { writeOrExplain, writeRow, writeVersion } from './write.ts'

/**
 * Removes a row.
 *
 * Throws `notFound` of the rows, `precondition-failed` (412), and the conflicts of the rows, for
 * example when other rows refer to it.
 */
export async function removeRow<Seen, New>(
  db: Database,
  rows: Rows<Seen, New>,
  id: Id,
  precondition: Precondition = {},
): Promise<void> {
  if (limitsVersions(precondition)) {
    const statement = cached(`remove version ${rows.name}`, () => removeVersion(rows))
    await writeVersion(db, rows, id, { statement, precondition })
  } else {
    const statement = cached(`remove ${rows.name}`, () => remove(rows))
    await writeRow(db, rows, id, { statement })
  }
}

const remove = <Seen, New>(rows: Rows<Seen, New>): SQL =>
  sql`delete from ${rows.table} where ${hasId(rows)} returning 1`

const removeVersion = <Seen, New>(rows: Rows<Seen, New>): SQL =>
  writeOrExplain(rows, {
    write: sql`
      delete from ${rows.table}
      where ${hasId(rows)} and ${meetsPrecondition(rows.column('version'))} returning 1`,
    told: sql`1`,
    isNeedless: sql`false`,
  })
