import { and, asc, desc, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { kept } from '../db/statement.ts'
import type { Json } from '../json.ts'
import { kindOf } from './kinds.ts'
import { commas, type Rows } from './rows.ts'
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
  const statement = kept(`list ${rows.name} ${sort} ${isBehind} ${isCounted} ${filter?.form}`, () =>
    selection(rows, { sort, isBehind, isCounted, filter }),
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

  const places = sortFields(rows, sort).map((field) => placeOf(rows, field))
  // The count of an empty page stands beside no row.
  const found = isCounted ? answer.filter((row) => row[places.at(-1) ?? 0] !== null) : answer
  const page = found.slice(0, limit)
  const last = page.at(-1)
  return {
    json: `[${page.map(rows.json).join()}]`,
    isEmpty: page.length === 0,
    next: found.length > limit && last ? places.map((place) => last[place] ?? null) : undefined,
    total: isCounted ? Number(answer[0]?.at(-1)) : undefined,
  }
}

/** What a list is sorted by: the key at last, which no two rows share. */
function sortFields<Seen, New>({ key }: Rows<Seen, New>, sort: string): string[] {
  const field = sort.replace(/^-/, '')
  const [last = ''] = key.slice(-1)
  return field === last ? [last] : [field, last]
}

const placeOf = <Seen, New>({ fields }: Rows<Seen, New>, field: string) => {
  const names: readonly string[] = fields
  return names.indexOf(field)
}

type Form = Required<Pick<List, 'sort' | 'isCounted'>> & {
  isBehind: boolean
  filter: Filter | undefined
}

function selection<Seen, New>(
  rows: Rows<Seen, New>,
  { sort, isBehind, isCounted, filter }: Form,
): SQL {
  const { table } = rows
  const isDescending = sort.startsWith('-')
  const keys = sortKeys(rows, sort)
  const order = commas(keys.map(({ key }) => (isDescending ? desc(key) : asc(key))))
  // A comparison of rows, which is one range of the index, whatever the depth.
  const behind = sql`(${commas(keys.map(({ key }) => key))}) ${sql.raw(isDescending ? '<' : '>')}
    (${commas(keys.map(({ position }) => position))})`
  const condition = and(filter?.condition(), isBehind ? behind : undefined)
  const where = condition && sql`where ${condition}`
  // Of a start that many rows have PostgreSQL would walk the index of the order and wait for matches to
  // come, which may all stand last. With `offset 0` it asks the indexes of the start.
  const source = filter?.isFirst
    ? sql`(select * from ${table} ${where} offset 0) as ${table}`
    : sql`${table} ${where}`

  if (!isCounted) {
    return sql`select ${rows.selection} from ${source} order by ${order} limit ${limit}`
  }
  const all = filter && sql`where ${filter.condition()}`
  return sql`
    select ${fieldsOf(rows, 'found')}, total
    from (select count(*) as total from ${table} ${all}) as counted
    left join (
      select ${rows.selection}, row_number() over (order by ${order}) as place
      from ${source} order by ${order} limit ${limit}
    ) as found on true
    order by place`
}

const limit = sql`${sql.placeholder('@limit')}`

const fieldsOf = ({ fields }: { fields: readonly string[] }, source: string) =>
  commas(fields.map((field) => sql`${sql.identifier(source)}.${sql.identifier(field)}`))

/** As the index has them, and the values behind which a page begins. */
const sortKeys = <Seen, New>(rows: Rows<Seen, New>, sort: string) =>
  sortFields(rows, sort).map((field, index, { length }) => ({
    key: rows.sorts[field] ?? sql`${rows.column(field)}`,
    position: kindOf(rows.column(field)).position(
      sql`${sql.placeholder(index === length - 1 ? '@key' : '@sort')}`,
    ),
  }))
