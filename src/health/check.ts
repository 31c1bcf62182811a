import { sql } from 'drizzle-orm'
import type { Database } from '../db/client.ts'

/** How long an answer of the database stands, good or bad: probes must not keep it awake or busy. */
const freshMs = 2_000

/**
 * A check that asks the database once in two seconds, and only the first time for each of those who
 * ask at once. It throws `database-unavailable` when there is no answer.
 */
export function createDatabaseCheck(db: Database): () => Promise<void> {
  let askedAt = Number.NEGATIVE_INFINITY
  let last: { failure?: unknown } | undefined

  return async () => {
    // The outcome is shared, never the promise: workerd ties a promise to the request it is of.
    if (!last || Date.now() - askedAt > freshMs) {
      askedAt = Date.now()
      last = await db.execute(sql`select 1`).then(
        () => ({}),
        (failure: unknown) => ({ failure }),
      )
    }
    if (last.failure) {
      throw last.failure
    }
  }
}
