import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { bigint, check, integer, timestamp } from 'drizzle-orm/pg-core'
import { emailMaxLength, emailRule } from '../email-rule.ts'
import { nameMaxLength, nameRules } from '../name-rules.ts'
import type { Rule } from '../rule.ts'

// The columns that most tables have, and checks for texts.

export const id = () => bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity()

/** The id of a row of another table, which a row has kept. */
export const keptId = () => bigint({ mode: 'number' }).primaryKey()

/** Counts the changes of a row. It becomes the `ETag`. */
export const version = () => integer().notNull().default(1)

// PostgreSQL keeps microseconds, a Date milliseconds: what is read must equal what is stored.
const anyMoment = () => timestamp({ precision: 3, withTimezone: true })

export const moment = () => anyMoment().notNull().defaultNow()

/**
 * A moment that may be null.
 *
 * @public
 */
export const momentOrNull = anyMoment

/** For sorting: an order that depends on a locale differs between machines. */
export const byCodePoint = (text: SQLWrapper): SQL => sql`(${text} collate "C")`

/**
 * For a unique index that ignores case, in every script: by the rules of Unicode, which the ICU of
 * PostgreSQL 15 to 18 has, whatever the locale of the database. Lower case and then upper, since each
 * alone leaves some of `straße`, `STRASSE` and `STRAẞE` apart; NFC at last, since upper case takes `ΐ`
 * apart. A letter that is newer than the ICU has no case there. Another ICU wants a new index.
 *
 * @public
 */
export const anyCase = (text: SQLWrapper): SQL =>
  sql`(normalize(lower(upper(lower(${text} collate "und-x-icu")))) collate "C")`

const literal = (text: string) => sql.raw(`'${text.replaceAll("'", "''")}'`)

/**
 * For a check: whether a text obeys the rule.
 *
 * @public
 */
export const matchesRule = (text: SQLWrapper, { sqlPattern }: Rule): SQL =>
  sql`${text} ~ ${literal(sqlPattern)}`

/**
 * For a check: whether a text is one of some words.
 *
 * @public
 */
export const isOneOf = (text: SQLWrapper, words: readonly string[]): SQL =>
  sql`${text} in (${sql.join(words.map(literal), sql.raw(', '))})`

/** The constraints of a column with names. Their own names begin with `table`. */
export const nameChecks = (table: string, name: SQLWrapper) => [
  check(
    `${table}_name_length`,
    sql`char_length(${name}) between 1 and ${sql.raw(`${nameMaxLength}`)}`,
  ),
  check(`${table}_name_nfc`, sql`${name} is nfc normalized`),
  check(`${table}_name_controls`, matchesRule(name, nameRules.controls)),
  check(`${table}_name_start`, matchesRule(name, nameRules.start)),
  check(`${table}_name_end`, matchesRule(name, nameRules.end)),
  check(`${table}_name_visible`, matchesRule(name, nameRules.visible)),
]

/** The same of a column with email addresses. */
export const emailChecks = (table: string, email: SQLWrapper) => [
  check(`${table}_email_length`, sql`char_length(${email}) <= ${sql.raw(`${emailMaxLength}`)}`),
  check(`${table}_email_address`, matchesRule(email, emailRule)),
]
