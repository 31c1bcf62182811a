import { getTableColumns, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db/connection.ts'
import { cached } from '../db/statement.ts'
import { addEvent, marksOf } from './events.ts'
import { hasId } from './get.ts'
import { limitsVersions, meetsPrecondition, type Precondition } from './precondition.ts'
import { commas, type Id, nameOf, type Rows } from './rows.ts'
import { ctes, whole, writeOrExplain, writeRow, writeVersion } from './write.ts'

/**
 * Removes a row. Rows with a table for what is deleted keep it there: `restoreRow` takes it back, and
 * `eraseRow` removes it for good. The resource chooses: its `rows.ts` names such a table, and its
 * `routes.ts` one of the two.
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

/** The event comes last: as one more CTE it would cost more. */
function remove<Seen, New>(rows: Rows<Seen, New>): SQL {
  const { write, kept, event } = removal(rows)
  return event
    ? sql`${ctes({ write, behind: kept })} ${event} returning 1`
    : whole({ write, behind: kept, told: sql`1` })
}

function removeVersion<Seen, New>(rows: Rows<Seen, New>): SQL {
  const condition = sql`and ${meetsPrecondition(rows.column('version'))}`
  const { write, kept, event } = removal(rows, condition)
  return writeOrExplain(rows, {
    write,
    behind: event ? [...kept, sql`event as (${event})`] : kept,
    told: sql`1`,
    look: sql`1`,
    isNeedless: sql`false`,
  })
}

/** `kept` is for rows that keep what is deleted, and `event` for those with events. */
function removal<Seen, New>(rows: Rows<Seen, New>, condition?: SQL) {
  const { table, events, deleted } = rows
  const all = columnsOf(rows)
  const returned = [
    ...(deleted ? [all] : []),
    ...(events ? [marksOf(rows)] : []),
    ...(deleted || events ? [] : [sql`1`]),
  ]
  return {
    write: sql`delete from ${table} where ${hasId(rows)} ${condition} returning ${commas(returned)}`,
    kept: deleted
      ? [sql`kept as (insert into ${deleted} (${all}) select ${all} from written)`]
      : [],
    event: events && addEvent(events, { kind: 'delete' }),
  }
}

/** All columns of the table, by their names. */
export const columnsOf = <Seen, New>({ table }: Rows<Seen, New>): SQL =>
  commas(Object.values(getTableColumns(table)).map((column) => sql`${nameOf(column)}`))
