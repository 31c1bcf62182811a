import { sql } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { isKeys } from './keys.ts'

/** Well within the deadline of a statement, whatever has piled up. */
const batchSize = 10_000

/** Forgets the idempotency keys of more than 24 hours ago: nobody repeats a request that late. */
export async function purgeKeys(db: Database, tables: readonly object[]): Promise<void> {
  for (const keys of tables.filter(isKeys)) {
    const old = sql`select ctid from ${keys} where ${keys.createdAt} < now() - interval '24 hours'`
    for (;;) {
      const { rowCount } = await db
        .delete(keys)
        .where(sql`ctid = any(array(${old} limit ${sql.raw(`${batchSize}`)}))`)
      if (rowCount < batchSize) {
        break
      }
    }
  }
}
