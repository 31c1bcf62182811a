import { and, asc, gt, sql } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { type UserRow, users } from '../db/tables.ts'
import { filterValues, matches } from './filter.ts'
import type { UserFilters } from './schema.ts'

/** Few enough for the memory of a Worker, enough that 10,000 subrequests reach 20 million users. */
export const pageSize = 2_000

/** Users by id, page by page: one at least, and at most one in memory. */
export async function* exportUsers(
  db: Database,
  filters: UserFilters,
): AsyncGenerator<UserRow[], undefined> {
  const query = db
    .select()
    .from(users)
    .where(
      and(
        matches(filters.email !== undefined, filters.q !== undefined),
        gt(users.id, sql.placeholder('last')),
      ),
    )
    .orderBy(asc(users.id))
    .limit(pageSize)
    .prepare('export_users')
  let last = 0

  for (;;) {
    const page = await query.execute({ ...filterValues(filters), last })
    yield page

    if (page.length < pageSize) {
      return
    }
    last = page.at(-1)?.id ?? last
  }
}
