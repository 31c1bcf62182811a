import { and, type SQL, sql } from 'drizzle-orm'
import { searchText, users } from '../db/tables.ts'
import type { UserFilters } from './schema.ts'

/** Nothing when there is no filter. */
export const matches = ({ email, q }: UserFilters): SQL | undefined =>
  and(
    email === undefined
      ? undefined
      : sql`lower(${users.email} collate "C") = lower(${email} collate "C")`,
    q === undefined ? undefined : sql`${searchText(users)} ilike ${`%${literally(q)}%`}`,
  )

const literally = (text: string) => text.replaceAll(/[\\%_]/g, '\\$&')
