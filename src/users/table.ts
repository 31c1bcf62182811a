import { sql } from 'drizzle-orm'
import { index, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import {
  byCodePoint,
  emailChecks,
  id,
  keptId,
  moment,
  nameChecks,
  version,
} from '../rows/columns.ts'
import { eventsOf } from '../rows/events.ts'
import { idempotencyKeysOf } from '../rows/idempotency-key-tables.ts'
import { searchedText } from './searched-text.ts'

const columns = () => ({
  name: text().notNull(),
  email: text().notNull(),
  version: version(),
  createdAt: moment(),
  updatedAt: moment(),
})

// `collate "C"` everywhere: order and case that depend on a locale differ between machines.
export const users = pgTable('users', { id: id(), ...columns() }, ({ id, name, email }) => [
  uniqueIndex('users_email_key').on(sql`lower(${email} collate "C")`),
  index('users_name_id_idx').on(byCodePoint(name), id),
  index('users_email_id_idx').on(byCodePoint(email), id),
  // Lower case as a search compares it. Beyond ASCII only the default collation knows it.
  index('users_name_start_idx').on(sql`(lower(${name}) collate "C")`).concurrently(),
  // For a search of a part; the one above is for how a name starts.
  index('users_search_idx').using('gin', sql`${searchedText({ name, email })} gin_trgm_ops`),
  ...nameChecks('users', name),
  ...emailChecks('users', email),
])

export const userIdempotencyKeys = idempotencyKeysOf('idempotency_keys', users, 'user_id')

/** Who was deleted and can be taken back. */
export const deletedUsers = pgTable(
  'deleted_users',
  { id: keptId(), ...columns(), deletedAt: moment() },
  ({ id, email, deletedAt }) => [
    index('deleted_users_email_idx').on(sql`lower(${email} collate "C")`),
    index('deleted_users_deleted_at_id_idx').on(deletedAt, id),
  ],
)

export const userEvents = eventsOf('user_events', 'userId')
