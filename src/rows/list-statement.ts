import { and, asc, desc, type SQL, sql } from 'drizzle-orm'
import type { Row } from '../db/run.ts'
import { hasId } from './get.ts'
import { kindOf } from './kinds.ts'
import type { Filter, List } from './list.ts'
import { commas, namesOf, type Rows } from './rows.ts'

type Form = Required<Pick<List, 'sort' | 'isCounted'>> & {
  isBehind: boolean
  filter: Filter | undefined
  parent: List['parent']
}

/**
 * Selects a page, and counts the rows of its filter when that is asked for. With a count, or with a parent
 * that is there, an empty page has one row, which is null but for the count.
 */
export function listStatement<Seen, New>(
  rows: Rows<Seen, New>,
  { sort, isBehind, isCounted, filter, parent }: Form,
): SQL {
  const { table } = rows
  const isDescending = sort.startsWith('-')
  const keys = sortKeys(rows, sort)
  const order = commas(keys.map(({ key }) => (isDescending ? desc(key) : asc(key))))
  // Comparing rows makes it one range of the index, however deep the page.
  const behind = sql`(${commas(keys.map(({ key }) => key))}) ${sql.raw(isDescending ? '<' : '>')}
    (${commas(keys.map(({ position }) => position))})`
  const condition = and(filter?.condition(), isBehind ? behind : undefined)
  const where = condition && sql`where ${condition}`
  // When many rows match, PostgreSQL would walk the index of the order until it has found enough,
  // and the matches may all stand at its end. `offset 0` makes it use the indexes of the filter.
  const source = filter?.isFirst
    ? sql`(select * from ${table} ${where} offset 0) as ${table}`
    : sql`${table} ${where}`

  if (!isCounted && !parent) {
    return sql`select ${rows.selection} from ${source} order by ${order} limit ${limit}`
  }
  const all = filter && sql`where ${filter.condition()}`
  const total = isCounted ? sql`(select count(*) from ${table} ${all})` : sql`null`
  const there = parent
    ? sql`select from ${parent.rows.table} where ${hasId(parent.rows)}`
    : sql`select`
  return sql`
    select ${namesOf(rows, 'found')}, total
    from (select ${total} as total from (${there}) as there) as counted
    left join (
      select ${rows.selection}, row_number() over (order by ${order}) as place
      from ${source} order by ${order} limit ${limit}
    ) as found on true
    order by place`
}

const limit = sql`${sql.placeholder('#limit')}`

/** What a list is sorted by: its key at last, which no two rows share. */
export function sortFields<Seen, New>({ key }: Rows<Seen, New>, sort: string): string[] {
  const field = sort.replace(/^-/, '')
  const [last = ''] = key.slice(-1)
  return field === last ? [last] : [field, last]
}

/** Where the value of a field stands in a row. Throws TypeError for one that is not selected. */
export function placeOf<Seen, New>({ selected, name }: Rows<Seen, New>, field: string): number {
  if (!selected.includes(field)) {
    throw new TypeError(`A list of ${name} is sorted by ${field}, which its fields must name.`)
  }
  return selected.indexOf(field)
}

/** What a cursor keeps of the last row of a page. */
export const keptOf = <Seen, New>(rows: Rows<Seen, New>, sort: string, row: Row) =>
  sortFields(rows, sort).map((field) => {
    const value = row[placeOf(rows, field)]
    return value == null ? null : kindOf(rows.column(field)).kept(value)
  })

/** What the index has, and the value after which a page begins. */
const sortKeys = <Seen, New>(rows: Rows<Seen, New>, sort: string) =>
  sortFields(rows, sort).map((field, index, { length }) => {
    const column = rows.column(field)
    if (!column.notNull) {
      // No comparison holds of null: its rows would be on no page but the first.
      throw new TypeError(`A list of ${rows.name} is sorted by ${field}, which must be not null.`)
    }
    return {
      key: rows.sorts[field] ?? sql`${column}`,
      position: kindOf(column).position(
        sql`${sql.placeholder(index === length - 1 ? '#key' : '#sort')}`,
      ),
    }
  })
