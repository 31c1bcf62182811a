import { and, sql } from 'drizzle-orm'
import { describeRequest } from '../context.ts'
import type { Database } from '../db/connection.ts'
import type { Row } from '../db/run.ts'
import { cached } from '../db/statement.ts'
import { ServiceError } from '../errors.ts'
import type { Filter } from './list.ts'
import { placeOf } from './list-statement.ts'
import type { Rows } from './rows.ts'
import { runSearch } from './search.ts'

/** Few enough for a Worker's memory, and enough for 20 million rows in 10,000 subrequests. */
export const pageSize = 2_000

/** How long a later page waits for its turn among the searches of its caller. */
const pauseMs = 500
const maxPauses = 20

/**
 * Gives all rows of a filter by their key, a number, page by page: at least one page, and at most
 * one in memory. For a costly filter throws what `runSearch` throws.
 */
export async function* allRows<Seen, New>(
  db: Database,
  caller: string,
  rows: Rows<Seen, New>,
  filter?: Filter,
): AsyncGenerator<readonly Row[], undefined> {
  const [field = ''] = rows.key.slice(-1)
  const key = sql`${rows.column(field)}`
  const statement = cached(
    `all ${rows.name} ${filter?.form}`,
    () => sql`
      select ${rows.selection} from ${rows.table}
      where ${and(filter?.condition(), sql`${key} > ${sql.placeholder('@last')}`)}
      order by ${key} limit ${sql.raw(`${pageSize}`)}`,
  )
  const place = placeOf(rows, field)
  const read = (last: string | null | undefined) => {
    const values = { ...filter?.values, '@last': last }
    return filter?.isCostly ? runSearch(db, caller, statement, values) : db.run(statement, values)
  }
  describeRequest({ isCostly: true })
  let page = await read('0')

  for (;;) {
    yield page

    const last = page.at(-1)
    if (!last || page.length < pageSize) {
      return
    }
    page = await inTurn(() => read(last[place]))
  }
}

/** An export that has begun does not fail because its caller runs other searches meanwhile. */
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
