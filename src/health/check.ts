import { getTableName, sql } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import type { Database } from '../db/connection.ts'
import { isUndefinedOrForbidden } from '../db/errors.ts'
import { cached } from '../db/statement.ts'
import { ServiceError } from '../errors.ts'
import { firstMismatch, isReadOnly } from './schema-mismatch.ts'

export type Table = PgTable

/** How long an answer of the database stands, good or bad: probes must not keep it awake or busy. */
const freshMs = 2_000

/** Whether who asks may change tables or pass row security: by itself, or as the owner of one. */
export const isPowerful = (tables: readonly PgTable[]) => sql`
  rolsuper or rolbypassrls
  or has_schema_privilege(to_regnamespace('public'), 'create')
  or exists (select from pg_class
             where relname in ${tables.map(getTableName)} and relnamespace = to_regnamespace('public')
               and pg_has_role(relowner, 'usage'))`

/** When the newest migration of the database was written, in milliseconds; as text, being a bigint. */
const newest = sql`(select max(created_at) from drizzle.__drizzle_migrations)`

/** As drizzle/ names them; `when` is the moment when one was written, in milliseconds. */
export type Migration = { tag: string; when: number }

/**
 * A check that asks the database once in two seconds, and only the first time for each of those who
 * ask at once. `migrations` are those that the code knows. A database that is ahead is ready: so it
 * is after every rollback. `warn` is told, once, of a role that may do more than the Worker needs.
 *
 * Throws `database-unavailable` when there is no answer, `database-behind` and `database-mismatch`.
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
    // The outcome is shared, never the promise: workerd ties a promise to the request it is of.
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

/** Names of migrations are no secret. `newest` is that of the database. */
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
