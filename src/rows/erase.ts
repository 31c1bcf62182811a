import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db/connection.ts'
import { cached } from '../db/statement.ts'
import { orConflict } from './conflicts.ts'
import { deletedOf } from './deleted.ts'
import { eventOf, eventValues, marksOf } from './events.ts'
import { hasId, idValues, notFound } from './get.ts'
import {
  demandPrecondition,
  meetsPrecondition,
  type Precondition,
  preconditionValues,
} from './precondition.ts'
import type { Id, Rows } from './rows.ts'
import { untilSettled } from './write.ts'

/** Rows that are there, or that are deleted. */
type Stored = Pick<Rows<unknown, unknown>, 'table' | 'key' | 'column'>

/**
 * Removes a row for good, whether it is there or was removed before. What refers to it by a key that
 * cascades goes with it.
 *
 * Throws `notFound` of the rows, `precondition-failed` (412), and the conflicts of the rows.
 */
export async function eraseRow<Seen, New>(
  db: Database,
  rows: Rows<Seen, New>,
  id: Id,
  precondition: Precondition = {},
): Promise<void> {
  const statements = [
    cached(`erase ${rows.name}`, () => erasure(rows)),
    // With a snapshot of its own: it sees what another request did while the first statement waited.
    cached(`not erased ${rows.name}`, () => lookup(rows)),
  ]
  const values = { ...idValues(rows, id), ...preconditionValues(precondition), ...eventValues() }

  await untilSettled(rows.noun, async () => {
    const [[erased] = [], [found] = []] = await db
      .runAll(statements, values)
      .catch(orConflict(rows.conflicts))
    if (!(erased || found)) {
      throw notFound(rows, id)
    }
    if (!erased) {
      demandPrecondition(precondition, Number(found?.[0]), rows.noun)
    }
    // Or it was removed or taken back after the first statement had begun, which therefore missed it.
    return erased
  })
}

function erasure<Seen, New>(rows: Rows<Seen, New>): SQL {
  const { events } = rows
  const removal = (from: Stored) => sql`
    delete from ${from.table} where ${hasId(from)} and ${meetsPrecondition(from.column('version'))}
    returning ${marksOf(from)}`
  return sql`
    with live as (${removal(rows)}),
         past as (${removal(deletedOf(rows))}),
         written as (select * from live union all select * from past)
         ${events && sql`, ${eventOf(events, { kind: 'erase' })}`}
    select 1 from written`
}

function lookup<Seen, New>(rows: Rows<Seen, New>): SQL {
  const look = ({ table, key, column }: Stored) =>
    sql`select ${column('version')} from ${table} where ${hasId({ key, column })}`
  return sql`${look(rows)} union all ${look(deletedOf(rows))}`
}
