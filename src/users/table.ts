import { sql } from 'drizzle-orm'
import { index, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { byCodePoint, emailChecks, id, moment, nameChecks, version } from '../rows/columns.ts'
import { idempotencyKeysOf } from '../rows/idempotency-keys.ts'
import { searchText } from './search-text.ts'

// `collate "C"` everywhere: order and case that depend on a locale differ between machines.
export const users = pgTable(
  'users',
  {
    id: id(),
    name: text().notNull(),
    email: text().notNull(),
    version: version(),
    createdAt: moment(),
    updatedAt: moment(),
  },
  ({ id, name, email }) => [
    uniqueIndex('users_email_key').on(sql`lower(${email} collate "C")`),
    index('users_name_id_idx').on(byCodePoint(name), id),
    index('users_email_id_idx').on(byCodePoint(email), id),
    // Lower case as a search compares it. Beyond ASCII only the default collation knows it.
    index('users_name_start_idx').on(sql`(lower(${name}) collate "C")`).concurrently(),
    index('users_search_idx').using('gin', sql`${searchText({ name, email })} gin_trgm_ops`),
    ...nameChecks('users', name),
    ...emailChecks('users', email),
  ],
)

export const userIdempotencyKeys = idempotencyKeysOf('idempotency_keys', users, 'user_id')
