import { sql } from 'drizzle-orm'
import type { Database } from '../db/connection.ts'
import { compile } from '../db/statement.ts'
import { type IdempotencyKeys, isIdempotencyKeys } from './idempotency-keys.ts'

/** So few that a batch never reaches the deadline of a statement, however many keys there are. */
const batchSize = 10_000

/** Forgets idempotency keys after 24 hours: nobody repeats a request that late. */
export async function purgeIdempotencyKeys(db: Database, tables: readonly object[]): Promise<void> {
  for (const keys of tables.filter(isIdempotencyKeys)) {
    let count: number
    do {
      const [[gone] = []] = await db.run(purge(keys))
      count = Number(gone)
    } while (count === batchSize)
  }
}

const purge = (keys: IdempotencyKeys) =>
  compile(sql`
    with gone as (
      delete from ${keys} where ctid = any(array(
        select ctid from ${keys} where ${keys.createdAt} < now() - interval '24 hours'
        limit ${sql.raw(`${batchSize}`)}))
      returning 1
    )
    select count(*) from gone`)
