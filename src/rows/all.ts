import { and, sql } from 'drizzle-orm'
import { describeRequest } from '../context.ts'
import type { Database } from '../db/connection.ts'
import type { Row } from '../db/run.ts'
import { cached, type Statement } from '../db/statement.ts'
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

/** What is read before all rows, when there is no filter: `take` gets it before the first page. */
type Before = { statement: Statement; take: (rows: readonly Row[]) => void }

/**
 * Gives all rows of a filter by their key, a number, page by page: at least one page, and at most
 * one in memory. For a costly filter throws what `runSearch` throws.
 */
export async function* allRows<Seen, New>(
  db: Database,
  caller: string,
  rows: Rows<Seen, New>,
  filter?: Filter,
  before?: Before,
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
  let page = await (before ? readAfter(db, before, statement, filter) : read('0'))

  for (;;) {
    yield page

    const last = page.at(-1)
    if (!last || page.length < pageSize) {
      return
    }
    page = await inTurn(() => read(last[place]))
  }
}

/** The first page behind another statement, in one round trip. */
async function readAfter(
  db: Database,
  { statement, take }: Before,
  first: Statement,
  filter: Filter | undefined,
): Promise<readonly Row[]> {
  const [rows = [], page = []] = await db.runAll([statement, first], {
    ...filter?.values,
    '@last': '0',
  })
  take(rows)
  return page
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
