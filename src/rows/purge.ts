import type { Database } from '../db/connection.ts'
import type { Kept } from './deleted.ts'
import { isEvents } from './events.ts'
import { mendFeed } from './feed.ts'
import { isIdempotencyKeys } from './idempotency-key-tables.ts'
import { purgeDeleted } from './purge-deleted.ts'
import { purgeEvents } from './purge-events.ts'
import { purgeIdempotencyKeys } from './purge-idempotency-keys.ts'

type Stored = { tables: readonly object[]; keptRows: readonly Kept[] }

/** How long each is kept, in days: variables of `config.ts`. */
type Days = { deleted: number; events: number }

/** What the hourly trigger does. Throws the first failure, when everything else is done. */
export async function purge(db: Database, { tables, keptRows }: Stored, days: Days): Promise<void> {
  const outcomes = await Promise.allSettled([
    ...tables.filter(isIdempotencyKeys).map((keys) => purgeIdempotencyKeys(db, keys)),
    ...keptRows.map((rows) => purgeDeleted(db, rows, days.deleted)),
    ...tables.filter(isEvents).map(async (events) => {
      await mendFeed(db, events)
      await purgeEvents(db, events, days.events)
    }),
  ])
  const failure = outcomes.find(({ status }) => status === 'rejected')
  if (failure?.status === 'rejected') {
    throw failure.reason
  }
}
