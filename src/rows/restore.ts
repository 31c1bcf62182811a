import { getTableColumns, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db/connection.ts'
import type { Row } from '../db/run.ts'
import { cached } from '../db/statement.ts'
import { orConflict } from './conflicts.ts'
import { deletedOf } from './deleted.ts'
import { eventOf, eventValues, marksOf } from './events.ts'
import { hasId, idValues, notFound } from './get.ts'
import { columnsOf } from './remove.ts'
import { commas, type Id, nameOf, namesOf, type Rows, type SeenRow } from './rows.ts'
import { untilSettled, whole } from './write.ts'

/**
 * Takes a row back that was removed, with its id and a new version. One that is there already stays as it
 * is, so that a repeated request has the same answer.
 *
 * Throws `notFound` of the rows, and their conflicts: another row may have taken its place meanwhile.
 */
export async function restoreRow<Seen, New>(
  db: Database,
  rows: Rows<Seen, New>,
  id: Id,
): Promise<SeenRow<Seen>> {
  const look = cached(`restored ${rows.name}`, () => whereabouts(rows))
  // Each has a snapshot of its own: the last sees what another request did while the second waited.
  const statements = [look, cached(`restore ${rows.name}`, () => restoration(rows)), look]
  const values = { ...idValues(rows, id), ...eventValues() }

  const row = await untilSettled(rows.noun, async () => {
    const [[before] = [], [restored] = [], [after] = []] = await db
      .runAll(statements, values)
      .catch(orConflict(rows.conflicts))
    const found = restored ?? liveIn(after) ?? liveIn(before)
    if (!(found || after)) {
      throw notFound(rows, id)
    }
    // Or it was deleted, taken back and deleted again meanwhile.
    return found
  })
  return rows.see(row)
}

const liveIn = ([where, ...row]: Row = []): Row | undefined => (where === 'live' ? row : undefined)

function restoration<Seen, New>(rows: Rows<Seen, New>): SQL {
  const { table, events } = rows
  const deleted = deletedOf(rows)
  const all = columnsOf(rows)
  const next: Readonly<Record<string, SQL>> = { version: sql`version + 1`, updatedAt: sql`now()` }
  const values = Object.entries(getTableColumns(table)).map(
    ([field, column]) => next[field] ?? sql`${nameOf(column)}`,
  )
  return whole({
    before: [sql`back as (delete from ${deleted.table} where ${hasId(deleted)} returning ${all})`],
    write: sql`
      insert into ${table} (${all}) overriding system value select ${commas(values)} from back
      returning ${rows.selection}${events && sql`, ${marksOf(rows)}`}`,
    behind: events ? [eventOf(events, { kind: 'restore' })] : [],
    told: namesOf(rows),
  })
}

/** Whether a row is there, with what is told of it, or deleted. */
function whereabouts<Seen, New>(rows: Rows<Seen, New>): SQL {
  const deleted = deletedOf(rows)
  return sql`
    select 'live', ${rows.selection} from ${rows.table} where ${hasId(rows)}
    union all
    select 'deleted', ${commas(rows.selected.map(() => sql`null`))}
    from ${deleted.table} where ${hasId(deleted)}`
}
