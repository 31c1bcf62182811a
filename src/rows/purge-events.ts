import { sql } from 'drizzle-orm'
import type { Database } from '../db/connection.ts'
import type { Events } from './events.ts'
import { inBatches, isOlder } from './in-batches.ts'

/** Forgets events after some days, EVENTS_KEPT_DAYS of `config.ts`, but never the newest, from which readers of the feed go on. */
export function purgeEvents(db: Database, events: Events, days: number): Promise<void> {
  const place = sql`(${events.transactionId}, ${events.sequence})`
  return inBatches(
    db,
    (limit) => sql`written as (
      delete from ${events} where ctid = any(array(
        select ctid from ${events}
        where ${isOlder(sql`${events.at}`, days)}
          and ${place} < (select ${events.transactionId}, ${events.sequence} from ${events}
                          order by ${events.transactionId} desc, ${events.sequence} desc limit 1)
        limit ${limit}))
      returning 1)`,
  )
}
