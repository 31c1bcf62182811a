import { sql } from 'drizzle-orm'
import type { Database } from '../db/connection.ts'
import { deletedOf, type Kept } from './deleted.ts'
import { eventOf, eventValues, marksOf } from './events.ts'
import { inBatches, isOlder } from './in-batches.ts'

/** Erases rows that were removed more than some days ago, DELETED_USERS_KEPT_DAYS of `config.ts`. */
export function purgeDeleted(db: Database, rows: Kept, days: number): Promise<void> {
  const { table, column } = deletedOf(rows)
  const { events } = rows
  return inBatches(
    db,
    (limit) => sql`written as (
      delete from ${table} where ctid = any(array(
        select ctid from ${table} where ${isOlder(sql`${column('deletedAt')}`, days)} limit ${limit}))
      returning ${marksOf({ column })}
    )${events && sql`, ${eventOf(events, { kind: 'erase' })}`}`,
    { values: eventValues() },
  )
}
