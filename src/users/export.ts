import { and, asc, gt, sql } from 'drizzle-orm'
import { describeRequest } from '../context.ts'
import type { Database } from '../db/client.ts'
import { type UserRow, users } from '../db/tables.ts'
import { ServiceError } from '../errors.ts'
import { filterValues, matches, searchOf } from './filter.ts'
import type { UserFilters } from './schema.ts'
import { runSearch } from './search.ts'

/** Few enough for the memory of a Worker, enough that 10,000 subrequests reach 20 million users. */
export const pageSize = 2_000

/** How long a page that follows waits for its turn among the searches of its caller. */
const pauseMs = 500
const maxPauses = 20

/**
 * Users by id, page by page: one at least, and at most one in memory. With `q`, throws what
 * `runSearch` throws.
 */
export async function* exportUsers(
  db: Database,
  caller: string,
  filters: UserFilters,
): AsyncGenerator<UserRow[], undefined> {
  const search = searchOf(filters)
  const query = db
    .select()
    .from(users)
    .where(and(matches(filters.email !== undefined, search), gt(users.id, sql.placeholder('last'))))
    .orderBy(asc(users.id))
    .limit(pageSize)
    .prepare('export_users')
  const read = (last: number) => {
    const values = { ...filterValues(filters), last }
    return search === 'none' ? query.execute(values) : runSearch(db, caller, query, values)
  }
  describeRequest({ isCostly: true })
  let page = await read(0)

  for (;;) {
    yield page

    const last = page.at(-1)
    if (!last || page.length < pageSize) {
      return
    }
    page = await inTurn(() => read(last.id))
  }
}

/** What has begun is not given up because the caller searches for something else meanwhile. */
async function inTurn<Page>(read: () => Promise<Page>): Promise<Page> {
  for (let pauses = 0; ; pauses += 1) {
    try {
      return await read()
    } catch (error) {
      const isFull = error instanceof ServiceError && error.code === 'too-many-searches'
      if (!isFull || pauses === maxPauses) {
        throw error
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  }
}
