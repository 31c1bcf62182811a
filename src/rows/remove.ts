import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { kept } from '../db/statement.ts'
import { hasId } from './get.ts'
import { holds, isConditional, type Precondition } from './precondition.ts'
import type { Id, Rows } from './rows.ts'
import { orTold, writeRow } from './write.ts'

/**
 * Removes a row.
 *
 * Throws what the rows say of one that is not there, `precondition-failed`, and the conflicts of the
 * rows, as when others refer to it.
 */
export async function removeRow<Seen, New>(
  db: Database,
  rows: Rows<Seen, New>,
  id: Id,
  precondition: Precondition = {},
): Promise<void> {
  const isHeld = isConditional(precondition)
  const statement = kept(`remove ${rows.name} ${isHeld}`, () => removal(rows, isHeld))
  await writeRow(db, rows, id, { statement, precondition })
}

function removal<Seen, New>(rows: Rows<Seen, New>, isHeld: boolean): SQL {
  const condition = isHeld ? sql`and ${holds(rows.column('version'))}` : sql``

  return orTold(rows, {
    write: sql`delete from ${rows.table} where ${hasId(rows)} ${condition} returning 1`,
    told: sql`1`,
    isNeedless: sql`false`,
  })
}
