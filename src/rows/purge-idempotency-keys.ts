import { sql } from 'drizzle-orm'
import type { Database } from '../db/connection.ts'
import type { IdempotencyKeys } from './idempotency-key-tables.ts'
import { inBatches, isOlder } from './in-batches.ts'

/** Forgets idempotency keys after 24 hours: nobody repeats a request that late. */
export const purgeIdempotencyKeys = (db: Database, keys: IdempotencyKeys): Promise<void> =>
  inBatches(
    db,
    (limit) => sql`written as (
      delete from ${keys} where ctid = any(array(
        select ctid from ${keys} where ${isOlder(sql`${keys.createdAt}`, 1)} limit ${limit}))
      returning 1)`,
  )
