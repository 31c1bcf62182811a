import { and, asc, gt } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { type UserRow, users } from '../db/tables.ts'
import { matches } from './filter.ts'
import type { UserFilters } from './schema.ts'

/** Few enough for the memory of a Worker, enough that 10,000 subrequests reach 20 million users. */
export const pageSize = 2_000

/** Users by id, page by page: one at least, and at most one in memory. */
export async function* exportUsers(
  db: Database,
  filters: UserFilters,
): AsyncGenerator<UserRow[], undefined> {
  const filter = matches(filters)
  let last = 0

  for (;;) {
    const page = await db
      .select()
      .from(users)
      .where(and(filter, gt(users.id, last)))
      .orderBy(asc(users.id))
      .limit(pageSize)
    yield page

    if (page.length < pageSize) {
      return
    }
    last = page.at(-1)?.id ?? last
  }
}
