import { lt, sql } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { idempotencyKeys } from '../db/tables.ts'

/** Well within the deadline of a statement, whatever has piled up. */
const batchSize = 10_000

/** Forgets the idempotency keys of more than 24 hours ago: nobody repeats a request that late. */
export async function purgeKeys(db: Database): Promise<void> {
  const old = db
    .select({ place: sql`ctid` })
    .from(idempotencyKeys)
    .where(lt(idempotencyKeys.createdAt, sql`now() - interval '24 hours'`))
    .limit(batchSize)

  for (;;) {
    const { rowCount } = await db.delete(idempotencyKeys).where(sql`ctid = any(array(${old}))`)
    if (rowCount < batchSize) {
      return
    }
  }
}
