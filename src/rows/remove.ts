import { getTableColumns, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db/connection.ts'
import { cached } from '../db/statement.ts'
import { eventOf, marksOf } from './events.ts'
import { hasId } from './get.ts'
import { limitsVersions, meetsPrecondition, type Precondition } from './precondition.ts'
import { commas, type Id, nameOf, type Rows } from './rows.ts'
import { type Parts, whole, writeOrExplain, writeRow, writeVersion } from './write.ts'

/**
 * Removes a row. Rows with a table for what is deleted keep it there: `restoreRow` takes it back, and
 * `eraseRow` removes it for good.
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
    const statement = cached(`remove ${rows.name}`, () => whole(removal(rows)))
    await writeRow(db, rows, id, { statement })
  }
}

const removeVersion = <Seen, New>(rows: Rows<Seen, New>): SQL =>
  writeOrExplain(rows, {
    ...removal(rows, sql`and ${meetsPrecondition(rows.column('version'))}`),
    look: sql`1`,
    isNeedless: sql`false`,
  })

function removal<Seen, New>(rows: Rows<Seen, New>, condition?: SQL): Parts {
  const { table, events, deleted } = rows
  const told = sql`1`
  const all = columnsOf(rows)
  const returned = [
    ...(deleted ? [all] : []),
    ...(events ? [marksOf(rows)] : []),
    ...(deleted || events ? [] : [told]),
  ]
  return {
    write: sql`delete from ${table} where ${hasId(rows)} ${condition} returning ${commas(returned)}`,
    behind: [
      ...(deleted
        ? [sql`kept as (insert into ${deleted} (${all}) select ${all} from written)`]
        : []),
      ...(events ? [eventOf(events, { kind: 'delete' })] : []),
    ],
    told,
  }
}

/** All columns of the table, by their names. */
export const columnsOf = <Seen, New>({ table }: Rows<Seen, New>): SQL =>
  commas(Object.values(getTableColumns(table)).map((column) => sql`${nameOf(column)}`))
