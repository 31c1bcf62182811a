import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { toSnakeCase } from 'drizzle-orm/casing'
import { bigint, check, integer, type PgColumn, timestamp } from 'drizzle-orm/pg-core'
import { emailMaxLength, emailRule } from '../email-rule.ts'
import { multilineRule } from '../multiline-rule.ts'
import { nameMaxLength, nameRules } from '../name-rules.ts'
import type { Rule } from '../rule.ts'

// The columns that most tables have, and checks for texts.

export const id = () => bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity()

/** The id of a row of another table, which a row has kept. */
export const keptId = () => bigint({ mode: 'number' }).primaryKey()

/**
 * Counts the changes of a row: `change.ts` and `restore.ts` raise it, and so must SQL of a resource's
 * own, as an import's. It becomes the `ETag`.
 */
export const version = () => integer().notNull().default(1)

// PostgreSQL keeps microseconds, a Date milliseconds: what is read must equal what is stored.
const anyMoment = () => timestamp({ precision: 3, withTimezone: true })

export const moment = () => anyMoment().notNull().defaultNow()

/**
 * A moment that a client gives. It may be null unless it is `.notNull()`.
 *
 * @public
 */
export const givenMoment = anyMoment

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

/**
 * For a check: whether a number is one of `min` to `max`.
 *
 * @public
 */
export const isBetween = (number: SQLWrapper, min: number, max: number): SQL =>
  sql`${number} between ${sql.raw(`${min}`)} and ${sql.raw(`${max}`)}`

/**
 * The constraints of a column with names, or with other texts of one line. Their own names begin with those
 * of table and column.
 */
export function nameChecks(table: string, name: PgColumn, max = nameMaxLength) {
  const own = `${table}_${toSnakeCase(name.name)}`
  return [
    check(`${own}_length`, isBetween(sql`char_length(${name})`, 1, max)),
    check(`${own}_nfc`, sql`${name} is nfc normalized`),
    check(`${own}_controls`, matchesRule(name, nameRules.controls)),
    check(`${own}_start`, matchesRule(name, nameRules.start)),
    check(`${own}_end`, matchesRule(name, nameRules.end)),
    check(`${own}_visible`, matchesRule(name, nameRules.visible)),
  ]
}

/**
 * The same of a column with texts that may have several lines.
 *
 * @public
 */
export function multilineChecks(table: string, column: PgColumn, min: number, max: number) {
  const own = `${table}_${toSnakeCase(column.name)}`
  return [
    check(`${own}_length`, isBetween(sql`char_length(${column})`, min, max)),
    check(`${own}_nfc`, sql`${column} is nfc normalized`),
    check(`${own}_controls`, matchesRule(column, multilineRule)),
  ]
}

/** The same of a column with email addresses. */
export function emailChecks(table: string, email: PgColumn) {
  const own = `${table}_${toSnakeCase(email.name)}`
  return [
    check(`${own}_length`, sql`char_length(${email}) <= ${sql.raw(`${emailMaxLength}`)}`),
    check(`${own}_address`, matchesRule(email, emailRule)),
  ]
}
