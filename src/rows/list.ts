import type { SQL } from 'drizzle-orm'
import type { Database } from '../db/connection.ts'
import type { Row } from '../db/run.ts'
import { cached } from '../db/statement.ts'
import type { Json } from '../json.ts'
import { listStatement, sortKeys } from './list-statement.ts'
import type { Rows } from './rows.ts'
import { runSearch } from './search.ts'

/** Behind which row a page begins: what the list is sorted by, if not the key, and the key. */
export type Position = readonly (string | null)[]

/** Which rows are meant. What a request gives stands in `values`, and placeholders in `condition`. */
export type Filter = {
  /** What the text of the condition depends on: of few values. */
  form: string
  condition: () => SQL | undefined
  values: Record<string, unknown>
  /** Whether it may cost a pass over the whole table, whatever the plan. */
  isCostly?: boolean
  /** Whether to look for its rows first, and to sort them then. */
  isFirst?: boolean
}

export type List = {
  limit: number
  /** `id`, or one of the sorts of the rows; descending after a minus. */
  sort: string
  after?: Position | undefined
  filter?: Filter | undefined
  /** Whether all rows of the filter are to be counted. */
  isCounted?: boolean
}

export type Page<Seen> = {
  json: Json<Seen[]>
  isEmpty: boolean
  /** None on the last page. */
  next: Position | undefined
  /** Of all pages, when it was asked for. */
  total: number | undefined
}

/** Throws what `runSearch` throws, for a costly filter and for a count. */
export async function listRows<Seen, New>(
  db: Database,
  caller: string,
  rows: Rows<Seen, New>,
  { limit, sort, after, filter, isCounted = false }: List,
): Promise<Page<Seen>> {
  const isBehind = after !== undefined
  const statement = cached(
    `list ${rows.name} ${sort} ${isBehind} ${isCounted} ${filter?.form}`,
    () => listStatement(rows, { sort, isBehind, isCounted, filter }),
  )
  const values = {
    ...filter?.values,
    // One row more than asked for tells whether there is a next page, without a second query.
    '@limit': limit + 1,
    '@sort': after?.at(0),
    '@key': after?.at(-1),
  }
  // Any other page is a few rows of an index, whatever the table.
  const answer =
    filter?.isCostly || isCounted
      ? await runSearch(db, caller, statement, values)
      : await db.run(statement, values)

  const positionOf = (row: Row) => sortKeys(rows, sort).map(({ index }) => row[index] ?? null)
  // The count of an empty page stands beside no row.
  const found = answer.filter((row) => positionOf(row).at(-1) !== null)
  const page = found.slice(0, limit)
  const last = page.at(-1)
  return {
    json: `[${page.map(rows.json).join()}]`,
    isEmpty: page.length === 0,
    next: found.length > limit && last ? positionOf(last) : undefined,
    total: isCounted ? Number(answer[0]?.at(-1)) : undefined,
  }
}
