import { type SQL, sql } from 'drizzle-orm'
import { searchLength } from './input.ts'
import { searchedText } from './searched-text.ts'
import { users } from './table.ts'

/** Where `q` is looked for: at the start of a name or an email, or anywhere in them. */
export const startOrPart = (q: string): keyof typeof matchesQ =>
  [...q].length < searchLength.part ? 'start' : 'part'

const q = sql`${sql.placeholder('q')}::text`

// The upper bound repeats the last code point, so that every text with this start sorts before it.
// It is a range, not a `like`, because a plan that is cached for all patterns cannot use an index
// for `like`.
const begins = (text: SQL, start: SQL) =>
  sql`${text} between ${start} and ${start} || repeat(chr(1114111), 200)`

/** The condition for each place. Their values come from `searchValues`. */
export const matchesQ = {
  start: sql`(
    ${begins(sql`lower(${users.name}) collate "C"`, sql`lower(${q})`)}
    or ${begins(sql`lower(${users.email} collate "C")`, sql`lower(${q} collate "C")`)})`,
  part: sql`${searchedText(users)} ilike ${sql.placeholder('pattern')}`,
}

export const searchValues = (text: string) => ({ q: text, pattern: `%${literally(text)}%` })

const literally = (text: string) => text.replaceAll(/[\\%_]/g, '\\$&')
