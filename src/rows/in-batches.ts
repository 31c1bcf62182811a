import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db/connection.ts'
import { compile } from '../db/statement.ts'

/** So few that a batch never reaches the deadline of a statement, however many rows there are. */
const batchSize = 10_000

/**
 * Runs a statement again and again, until it writes less than a batch, or as often as `maxBatches` says.
 * `write` takes at most the rows of the limit that it is given, and returns each in a CTE `written`.
 */
export async function inBatches(
  db: Database,
  write: (limit: SQL) => SQL,
  { values = {}, maxBatches = Number.POSITIVE_INFINITY } = {},
): Promise<void> {
  const statement = compile(
    sql`with ${write(sql.raw(`${batchSize}`))} select count(*) from written`,
  )
  let count = batchSize

  for (let batches = 0; batches < maxBatches && count === batchSize; batches += 1) {
    const [[written] = []] = await db.run(statement, values)
    count = Number(written)
  }
}

/** Whether a moment is more than some days ago. */
export const isOlder = (moment: SQL, days: number): SQL =>
  sql`${moment} < now() - ${sql.raw(`${days}`)} * interval '1 day'`
