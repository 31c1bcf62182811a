import { sql } from 'drizzle-orm'
import {
  type AnyPgColumn,
  bigint,
  check,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { emailMaxLength, emailRule, nameMaxLength, nameRules, type Rule } from '../rules.ts'

// PostgreSQL keeps microseconds, a Date milliseconds: what is read must equal what is stored.
const moment = () => timestamp({ precision: 3, withTimezone: true }).notNull().defaultNow()

const literal = (text: string) => sql.raw(`'${text.replaceAll("'", "''")}'`)
const matches = (rule: Rule) => literal(rule.sqlPattern)

/** Where `q` looks. The line feed stands in no name and no `q`: nothing is found across the two. */
export const searchText = ({ name, email }: { name: AnyPgColumn; email: AnyPgColumn }) =>
  sql`(${name} || e'\\n' || ${email})`

// `collate "C"` everywhere: an order or a case that depends on a locale changes with the machine.
export const users = pgTable(
  'users',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    name: text().notNull(),
    email: text().notNull(),
    version: integer().notNull().default(1),
    createdAt: moment(),
    updatedAt: moment(),
  },
  ({ id, name, email }) => [
    uniqueIndex('users_email_key').on(sql`lower(${email} collate "C")`),
    index('users_name_id_idx').on(sql`(${name} collate "C")`, id),
    index('users_email_id_idx').on(sql`(${email} collate "C")`, id),
    // In the case that a search compares, which only the default collation knows beyond ASCII.
    index('users_name_start_idx').on(sql`(lower(${name}) collate "C")`).concurrently(),
    index('users_search_idx').using('gin', sql`${searchText({ name, email })} gin_trgm_ops`),
    check(
      'users_name_length',
      sql`char_length(${name}) between 1 and ${sql.raw(`${nameMaxLength}`)}`,
    ),
    check('users_name_nfc', sql`${name} is nfc normalized`),
    check('users_name_controls', sql`${name} ~ ${matches(nameRules.controls)}`),
    check('users_name_start', sql`${name} ~ ${matches(nameRules.start)}`),
    check('users_name_end', sql`${name} ~ ${matches(nameRules.end)}`),
    check('users_name_visible', sql`${name} ~ ${matches(nameRules.visible)}`),
    check('users_email_length', sql`char_length(${email}) <= ${sql.raw(`${emailMaxLength}`)}`),
    check('users_email_address', sql`${email} ~ ${matches(emailRule)}`),
  ],
)

export type UserRow = typeof users.$inferSelect

/**
 * Which user a request with an idempotency key has created. Of the request only a digest is kept:
 * personal data stand in `users` alone, and when the user goes, so does the key.
 */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    /** Whose key it is: two callers may choose the same. */
    principal: text().notNull(),
    key: text().notNull(),
    requestDigest: text().notNull(),
    userId: bigint({ mode: 'number' })
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    createdAt: moment(),
  },
  ({ principal, key, userId, createdAt }) => [
    primaryKey({ name: 'idempotency_keys_pkey', columns: [principal, key] }),
    index('idempotency_keys_user_id_idx').on(userId),
    index('idempotency_keys_created_at_idx').on(createdAt),
  ],
)
