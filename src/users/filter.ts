import { and, type SQLWrapper, sql } from 'drizzle-orm'
import type { Filter } from '../rows/list.ts'
import type { UserFilters } from './input.ts'
import { matchesQ, searchValues, startOrPart } from './search.ts'
import { deletedUsers, users } from './table.ts'

/** Undefined when nothing is filtered. */
export function filterOf({ email, q }: UserFilters): Filter | undefined {
  if (email === undefined && q === undefined) {
    return undefined
  }
  const hasEmail = email !== undefined
  const place = q === undefined ? undefined : startOrPart(q)
  return {
    form: `${hasEmail} ${place}`,
    condition: () => and(hasEmail ? hasThisEmail(users) : undefined, place && matchesQ[place]),
    values: { email, ...(q === undefined ? undefined : searchValues(q)) },
    isCostly: place !== undefined,
    isFirst: place === 'start',
  }
}

/** Undefined when nothing is filtered. */
export const deletedFilterOf = ({ email }: Pick<UserFilters, 'email'>): Filter | undefined =>
  email === undefined
    ? undefined
    : { form: 'email', condition: () => hasThisEmail(deletedUsers), values: { email } }

const hasThisEmail = (table: { email: SQLWrapper }) =>
  sql`lower(${table.email} collate "C") = lower(${sql.placeholder('email')} collate "C")`
