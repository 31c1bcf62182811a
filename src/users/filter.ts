import { and, type SQL, sql } from 'drizzle-orm'
import { searchText, users } from '../db/tables.ts'
import type { UserFilters } from './schema.ts'

/** Nothing when there is no filter. What is looked for comes from `filterValues`. */
export const matches = (hasEmail: boolean, hasQ: boolean): SQL | undefined =>
  and(
    hasEmail
      ? sql`lower(${users.email} collate "C") = lower(${sql.placeholder('email')} collate "C")`
      : undefined,
    hasQ ? sql`${searchText(users)} ilike ${sql.placeholder('pattern')}` : undefined,
  )

export const filterValues = ({ email, q }: UserFilters) => ({
  email,
  pattern: q === undefined ? undefined : `%${literally(q)}%`,
})

const literally = (text: string) => text.replaceAll(/[\\%_]/g, '\\$&')
