import type { ClientBase } from 'pg'

const createIndex =
  /^create\s+(?:unique\s+)?index\s+concurrently\s+(?:if\s+not\s+exists\s+)?((?:"[^"]+"|\w+)(?:\.(?:"[^"]+"|\w+))?)\s/i

/** The name as it is written, with its schema if it has one. */
export const concurrentIndexOf = (statement: string): string | undefined =>
  createIndex.exec(statement)?.[1]

/**
 * Removes what a `create index concurrently` that was cut off has left: an index that every write
 * keeps up to date and no query uses, and whose name is in the way.
 */
export async function dropIfInvalid(client: ClientBase, index: string): Promise<void> {
  const { rows } = await client.query(
    'select 1 from pg_index where indexrelid = to_regclass($1) and not indisvalid',
    [index],
  )
  if (rows.length > 0) {
    await client.query(`drop index concurrently ${index}`)
  }
}
