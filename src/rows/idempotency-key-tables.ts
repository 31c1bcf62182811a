import {
  bigint,
  index,
  type PgColumn,
  type PgTable,
  pgTable,
  primaryKey,
  text,
  uuid,
} from 'drizzle-orm/pg-core'
import { moment } from './columns.ts'

/** A table of idempotency keys. */
export type IdempotencyKeys = ReturnType<typeof idempotencyKeysOf>

const tables = new WeakSet<object>()

/**
 * A table that records which row of `table` a request with an idempotency key has created. It has only a
 * digest of the request, so that personal data stand in the row alone. A key is deleted with its row.
 * `rowId` names the column that refers to the row, whose id is a bigint or a uuid.
 */
export function idempotencyKeysOf(name: string, table: PgTable & { id: PgColumn }, rowId: string) {
  const reference =
    table.id.getSQLType() === 'uuid' ? uuid(rowId) : bigint(rowId, { mode: 'number' })

  const keys = pgTable(
    name,
    {
      /** Whose key it is: two callers may choose the same key. */
      principal: text().notNull(),
      key: text().notNull(),
      requestDigest: text().notNull(),
      rowId: reference.notNull().references(() => table.id, { onDelete: 'cascade' }),
      createdAt: moment(),
    },
    (columns) => [
      primaryKey({ name: `${name}_pkey`, columns: [columns.principal, columns.key] }),
      index(`${name}_${rowId}_idx`).on(columns.rowId),
      index(`${name}_created_at_idx`).on(columns.createdAt),
    ],
  )
  tables.add(keys)
  return keys
}

export const isIdempotencyKeys = (table: object): table is IdempotencyKeys => tables.has(table)
