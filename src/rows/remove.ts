import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db/connection.ts'
import { cached } from '../db/statement.ts'
import { hasId } from './get.ts'
import { limitsVersions, meetsPrecondition, type Precondition } from './precondition.ts'
import type { Id, Rows } from './rows.ts'
import { writeOrExplain, writeRow } from './write.ts'

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
  const isConditional = limitsVersions(precondition)
  const statement = cached(`remove ${rows.name} ${isConditional}`, () =>
    removal(rows, isConditional),
  )
  await writeRow(db, rows, id, { statement, precondition })
}

function removal<Seen, New>(rows: Rows<Seen, New>, isConditional: boolean): SQL {
  const condition = isConditional ? sql`and ${meetsPrecondition(rows.column('version'))}` : sql``

  return writeOrExplain(rows, {
    write: sql`delete from ${rows.table} where ${hasId(rows)} ${condition} returning 1`,
    told: sql`1`,
    isNeedless: sql`false`,
  })
}
