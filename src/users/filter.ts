import { and, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { Filter } from '../rows/list.ts'
import { searchLength, type UserFilters } from './input.ts'
import { searchText } from './search-text.ts'
import { deletedUsers, users } from './table.ts'

/** Undefined when nothing is filtered. */
export function filterOf({ email, q }: UserFilters): Filter | undefined {
  if (email === undefined && q === undefined) {
    return undefined
  }
  const hasEmail = email !== undefined
  const search = searchOf(q)
  return {
    form: `${hasEmail} ${search}`,
    condition: () => and(hasEmail ? hasThisEmail(users) : undefined, conditions[search]),
    values: { email, q, pattern: q === undefined ? undefined : `%${literally(q)}%` },
    isCostly: search !== 'none',
    isFirst: search === 'start',
  }
}

/** Where `q` is looked for: at the start of a name or an email, or anywhere in them. */
type Search = 'none' | 'start' | 'part'

function searchOf(q: string | undefined): Search {
  if (q === undefined) {
    return 'none'
  }
  return [...q].length < searchLength.part ? 'start' : 'part'
}

/** Undefined when nothing is filtered. */
export const deletedFilterOf = ({ email }: Pick<UserFilters, 'email'>): Filter | undefined =>
  email === undefined
    ? undefined
    : { form: 'email', condition: () => hasThisEmail(deletedUsers), values: { email } }

const hasThisEmail = (table: { email: SQLWrapper }) =>
  sql`lower(${table.email} collate "C") = lower(${sql.placeholder('email')} collate "C")`

const q = sql`${sql.placeholder('q')}::text`

// The upper bound repeats the last code point, so that every text with this start sorts before it.
// It is a range, not a `like`, because a plan that is cached for all patterns cannot use an index
// for `like`.
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

const literally = (text: string) => text.replaceAll(/[\\%_]/g, '\\$&')
