import { sql } from 'drizzle-orm'
import { describeRequest } from '../context.ts'
import type { Database } from '../db/connection.ts'
import type { Row } from '../db/run.ts'
import { isDivisionByZero, isStatementTimeout } from '../db/sql-states.ts'
import { cached, type Statement } from '../db/statement.ts'
import { ServiceError } from '../errors.ts'
import { createPool } from '../pool.ts'

/** How many searches of one caller run at once. */
const searchesAtOnce = 4

/**
 * The places of this isolate. A search that is refused here costs the database nothing, not even a
 * session. But Cloudflare starts as many isolates as it likes, so PostgreSQL counts as well. A
 * place lasts longer than the deadline of a request to the database.
 */
const places = createPool(searchesAtOnce, 6_000)

/**
 * For the rest of the transaction. PostgreSQL measures the second, so the time to wake it does not
 * count. The search runs on one core. A wait for a lock ends earlier, because it is not the fault
 * of the search.
 */
const limits = sql`
  set_config('statement_timeout', '1000', true), set_config('lock_timeout', '900', true),
  set_config('max_parallel_workers_per_gather', '0', true)`

/** Whether this takes one of the places of a caller. `or` asks for no other once it has one. */
const takesPlace = sql.join(
  Array.from(
    { length: searchesAtOnce },
    (_, place) =>
      sql`pg_try_advisory_xact_lock(hashtext(${sql.placeholder('@caller')}), ${sql.raw(`${place + 1}`)})`,
  ),
  sql` or `,
)

/**
 * Takes a place among all isolates. If none is left it divides by zero, so the search does not
 * begin.
 */
const entrance = () =>
  cached('enter search', () => sql`select ${limits}, 1 / (${takesPlace})::integer`)

/**
 * Runs a statement that may cost a pass over the whole table, in one round trip. No plan guarantees
 * that it does not: even with an index, each row that it finds may have to be read.
 *
 * Throws `search-too-broad` after a second, and `too-many-searches`.
 */
export async function runSearch(
  db: Database,
  caller: string,
  statement: Statement,
  values: Record<string, unknown>,
): Promise<readonly Row[]> {
  const place = places.share(caller)
  if (!place.take(1)) {
    throw tooManySearches()
  }
  describeRequest({ isCostly: true })
  try {
    const [, rows = []] = await db.runAll([entrance(), statement], { ...values, '@caller': caller })
    return rows
  } catch (error) {
    throw explain(error)
  } finally {
    place.free()
  }
}

function explain(error: unknown): unknown {
  if (isStatementTimeout(error)) {
    return new ServiceError(
      'search-too-broad',
      'The database gave this a second, and it needs longer. Search for more characters, or for ' +
        'rarer ones, leave out count=exact, and let a feed begin later, with since.',
      { reason: error.reason },
    )
  }
  return isDivisionByZero(error) ? tooManySearches() : error
}

const tooManySearches = () =>
  new ServiceError(
    'too-many-searches',
    `This caller has ${searchesAtOnce} searches or counts running. Wait until one has ended.`,
  )
