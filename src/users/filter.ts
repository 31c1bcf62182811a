import { and, type SQL, sql } from 'drizzle-orm'
import { searchText, users } from '../db/tables.ts'
import { searchLength, type UserFilters } from './schema.ts'

/** Whether `q` is looked for at the start of a name or an email, or anywhere in them. */
export type Search = 'none' | 'start' | 'part'

export function searchOf({ q }: UserFilters): Search {
  if (q === undefined) {
    return 'none'
  }
  return [...q].length < searchLength.part ? 'start' : 'part'
}

/** Nothing when there is no filter. What is looked for comes from `filterValues`. */
export const matches = (hasEmail: boolean, search: Search): SQL | undefined =>
  and(
    hasEmail
      ? sql`lower(${users.email} collate "C") = lower(${sql.placeholder('email')} collate "C")`
      : undefined,
    conditions[search],
  )

const q = sql`${sql.placeholder('q')}::text`

// The last code point, more often than a name has characters: nothing that begins so sorts behind
// it. A range and no `like`, as a plan that is kept for all patterns makes no range of an index.
const begins = (text: SQL, start: SQL) =>
  sql`${text} between ${start} and ${start} || repeat(chr(1114111), 200)`

const startsWithQ = sql`(
  ${begins(sql`lower(${users.name}) collate "C"`, sql`lower(${q})`)}
  or ${begins(sql`lower(${users.email} collate "C")`, sql`lower(${q} collate "C")`)})`

const conditions = {
  none: undefined,
  start: startsWithQ,
  part: sql`${searchText(users)} ilike ${sql.placeholder('pattern')}`,
} as const satisfies Record<Search, SQL | undefined>

export const filterValues = ({ email, q }: UserFilters) => ({
  email,
  q,
  pattern: q === undefined ? undefined : `%${literally(q)}%`,
})

const literally = (text: string) => text.replaceAll(/[\\%_]/g, '\\$&')
