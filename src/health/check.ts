import { sql } from 'drizzle-orm'
import type { Database } from '../db/client.ts'

/** How long an answer of the database stands, good or bad: probes must not keep it awake or busy. */
const freshMs = 2_000

/**
 * A check that asks the database at most about once in two seconds. It throws
 * `database-unavailable` when there is no answer.
 */
export function createDatabaseCheck(db: Database): () => Promise<void> {
  let last: { at: number; failure?: unknown } | undefined

  return async () => {
    if (!last || Date.now() - last.at > freshMs) {
      // The outcome is shared, never the promise: workerd ties a promise to the request it is of.
      last = await db.execute(sql`select 1`).then(
        () => ({ at: Date.now() }),
        (failure: unknown) => ({ at: Date.now(), failure }),
      )
    }
    if (last.failure) {
      throw last.failure
    }
  }
}
