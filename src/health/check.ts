import { getTableName, sql } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import type { Database } from '../db/connection.ts'
import { isUndefinedOrForbidden } from '../db/sql-states.ts'
import { cached } from '../db/statement.ts'
import { ServiceError } from '../errors.ts'
import { firstMismatch, isReadOnly } from './schema-mismatch.ts'

export type Table = PgTable

/** How long an answer is reused, good or bad, so that probes do not keep the database busy. */
const freshMs = 2_000

/** Whether the role may change tables or bypass row security, by its attributes or as an owner. */
export const isPowerful = (tables: readonly PgTable[]) => sql`
  rolsuper or rolbypassrls
  or has_schema_privilege(to_regnamespace('public'), 'create')
  or exists (select from pg_class
             where relname in ${tables.map(getTableName)} and relnamespace = to_regnamespace('public')
               and pg_has_role(relowner, 'usage'))`

/** When the newest applied migration was written, in milliseconds. */
const newest = sql`(select max(created_at) from drizzle.__drizzle_migrations)`

/** An entry of the journal of drizzle/. `when` is the time of writing, in milliseconds. */
export type Migration = { tag: string; when: number }

/**
 * A check that asks the database at most once in two seconds. `migrations` are those that the code
 * knows. What a table must have stands in schema-mismatch.ts. A database that is ahead of the code is
 * ready, because it is so after every rollback. `warn` is called once if the role may do more than the
 * Worker needs.
 *
 * Throws `database-unavailable` when there is no answer or nothing can be written, `database-behind`
 * and `database-mismatch`.
 */
export function createDatabaseCheck(
  db: Database,
  migrations: readonly Migration[],
  tables: readonly PgTable[],
  warn: (message: string) => void,
): () => Promise<void> {
  const needed = migrations.reduce((one, other) => (other.when > one.when ? other : one))
  let askedAt = Number.NEGATIVE_INFINITY
  let last: { failure?: unknown } | undefined
  let isWarned = false
  const question = () =>
    cached(
      'readyz',
      () => sql`
        select ${isPowerful(tables)}, ${newest}, ${firstMismatch(tables)}, ${isReadOnly}
        from pg_roles where rolname = current_user`,
    )

  async function ask() {
    const [row = []] = await db.run(question())
    const [isTooPowerful, newestAt, found, isReadOnly] = row
    if (isTooPowerful === 't' && !isWarned) {
      isWarned = true
      warn('The role of DATABASE_URL may change tables. Make one that may not: npm run db:role.')
    }
    const at = Number(newestAt)
    if (at < needed.when) {
      const newest = migrations.find(({ when }) => when === at)
      throw behind('pending-migrations', needed, newest?.tag ?? (at ? 'an unknown one' : 'none'))
    }
    if (found) {
      throw mismatch(found)
    }
    if (isReadOnly === 't') {
      throw readOnly()
    }
    return {}
  }

  return async () => {
    // The outcome is shared, not the promise: workerd ties a promise to the request that made it.
    if (!last || Date.now() - askedAt > freshMs) {
      askedAt = Date.now()
      last = await ask().catch((failure: unknown) => ({
        failure: isUndefinedOrForbidden(failure)
          ? behind('no-migrations', needed, 'none that it shows')
          : failure,
      }))
    }
    if (last.failure) {
      throw last.failure
    }
  }
}

/** The names of migrations are no secret. `newest` is that of the database. */
const behind = (reason: string, { tag }: Migration, newest: string) =>
  new ServiceError(
    'database-behind',
    `This version needs the migration ${tag}, and the newest of the database is ${newest}.`,
    { reason },
  )

const mismatch = (reason: string) =>
  new ServiceError('database-mismatch', 'The database is not as this version needs it.', { reason })

const readOnly = () =>
  new ServiceError('database-unavailable', 'The database takes no writes at the moment.', {
    reason: 'read-only',
  })
