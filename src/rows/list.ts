import type { SQL } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import type { Database } from '../db/connection.ts'
import { cached } from '../db/statement.ts'
import type { Json } from '../json.ts'
import { idValues, notFound } from './get.ts'
import { keptOf, listStatement, placeOf, sortFields } from './list-statement.ts'
import type { Id, Rows } from './rows.ts'
import { runSearch } from './search.ts'

/**
 * The row after which a page begins: its value of the sort, unless that is the key, and its key. list-statement.ts
 * goes on behind it, and http/seal-cursors.ts makes the cursor of it.
 */
export type Position = readonly (string | null)[]

/**
 * Which rows a list has. What a request gives goes into `values`, with placeholders in `condition`.
 */
export type Filter = {
  /** Names everything that the text of the condition depends on. It must have few values. */
  form: string
  condition: () => SQL | undefined
  values: Record<string, unknown>
  /** Whether it may cost a pass over the whole table, whatever the plan. */
  isCostly?: boolean
  /** Whether to find all its rows first, and then sort them. */
  isFirst?: boolean
}

export type List = {
  limit: number
  /** A field; in descending order with a minus before it. */
  sort: string
  after?: Position | undefined
  filter?: Filter | undefined
  /** Whether to count all rows of the filter. */
  isCounted?: boolean
  /** The row that the list is a part of: when it is not there, neither is the list. */
  parent?: { rows: Parents; id: Id } | undefined
}

type Parents = Pick<Rows<unknown, unknown>, 'name' | 'key' | 'column' | 'notFound'> & {
  /** Or a selection under the name of the table. */
  table: PgTable | SQL
}

export type Page<Seen> = {
  json: Json<Seen[]>
  isEmpty: boolean
  /** None on the last page. */
  next: Position | undefined
  /** Of all pages, when it was asked for. */
  total: number | undefined
}

/**
 * Throws `notFound` of the parent, and what `runSearch` throws for a costly filter and for a count. Both
 * are told by the statement of the list.
 */
export async function listRows<Seen, New>(
  db: Database,
  caller: string,
  rows: Rows<Seen, New>,
  { limit, sort, after, filter, isCounted = false, parent }: List,
): Promise<Page<Seen>> {
  const isBehind = after !== undefined
  const statement = cached(
    `list ${rows.name} ${sort} ${isBehind} ${isCounted} ${filter?.form} ${parent?.rows.name}`,
    () => listStatement(rows, { sort, isBehind, isCounted, filter, parent }),
  )
  const values = {
    ...filter?.values,
    ...(parent && idValues(parent.rows, parent.id)),
    // One row more than asked for tells whether there is a next page, without a second query.
    '#limit': limit + 1,
    '#sort': after?.at(0),
    '#key': after?.at(-1),
  }
  // Any other page reads a few rows of an index, however large the table.
  const answer =
    filter?.isCostly || isCounted
      ? await runSearch(db, caller, statement, values)
      : await db.run(statement, values)

  const places = sortFields(rows, sort).map((field) => placeOf(rows, field))
  const hasHead = isCounted || parent !== undefined
  if (parent && answer.length === 0) {
    throw notFound(parent.rows, parent.id)
  }
  const found = hasHead ? answer.filter((row) => row[places.at(-1) ?? 0] !== null) : answer
  const page = found.slice(0, limit)
  const last = page.at(-1)
  return {
    json: `[${page.map(rows.json).join()}]`,
    isEmpty: page.length === 0,
    next: found.length > limit && last ? keptOf(rows, sort, last) : undefined,
    total: isCounted ? Number(answer[0]?.at(-1)) : undefined,
  }
}
