import { sql } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { isUndefinedOrForbidden } from '../db/errors.ts'
import { ServiceError } from '../errors.ts'

/** How long an answer of the database stands, good or bad: probes must not keep it awake or busy. */
const freshMs = 2_000

/** Whether who asks may change tables or pass row security: by itself, or as the owner of the table. */
export const isPowerful = sql<boolean>`
  rolsuper or rolbypassrls
  or has_schema_privilege(to_regnamespace('public'), 'create')
  or exists (select from pg_class
             where oid = to_regclass('public.users') and pg_has_role(relowner, 'usage'))`

/** When the newest migration of the database was written, in milliseconds; as text, being a bigint. */
const newest = sql<string | null>`(select max(created_at) from drizzle.__drizzle_migrations)`

/**
 * A check that asks the database once in two seconds, and only the first time for each of those who
 * ask at once. `migration` is when the newest one that the code knows was written, in milliseconds.
 * A database that is ahead is ready: so it is after every rollback. `warn` is told, once, of a role
 * that may do more than the Worker needs.
 *
 * Throws `database-unavailable` when there is no answer, and `database-behind`.
 */
export function createDatabaseCheck(
  db: Database,
  migration: number,
  warn: (message: string) => void,
): () => Promise<void> {
  let askedAt = Number.NEGATIVE_INFINITY
  let last: { failure?: unknown } | undefined
  let isWarned = false

  async function ask() {
    const [found] = await db
      .select({ isPowerful, newest })
      .from(sql`pg_roles`)
      .where(sql`rolname = current_user`)
    if (found?.isPowerful && !isWarned) {
      isWarned = true
      warn('The role of DATABASE_URL may change tables. Make one that may not: npm run db:role.')
    }
    if (Number(found?.newest) < migration) {
      throw behind('pending-migrations')
    }
    return {}
  }

  return async () => {
    // The outcome is shared, never the promise: workerd ties a promise to the request it is of.
    if (!last || Date.now() - askedAt > freshMs) {
      askedAt = Date.now()
      last = await ask().catch((failure: unknown) => ({
        failure: isUndefinedOrForbidden(failure) ? behind('no-migrations') : failure,
      }))
    }
    if (last.failure) {
      throw last.failure
    }
  }
}

const behind = (reason: string) =>
  new ServiceError('database-behind', 'The database lacks migrations that this version needs.', {
    reason,
  })
