import { and, asc, desc, type SQL, sql } from 'drizzle-orm'
import { kindOf } from './kinds.ts'
import type { Filter, List } from './list.ts'
import { commas, type Rows } from './rows.ts'

type Form = Required<Pick<List, 'sort' | 'isCounted'>> & {
  isBehind: boolean
  filter: Filter | undefined
}

/** Selects a page, and counts the rows of its filter when that is asked for. */
export function listStatement<Seen, New>(
  rows: Rows<Seen, New>,
  { sort, isBehind, isCounted, filter }: Form,
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

/** What a list is sorted by, and where that stands in a row. */
export function sortKeys<Seen, New>(rows: Rows<Seen, New>, sort: string) {
  const names: readonly string[] = rows.fields
  const field = sort.replace(/^-/, '')
  const keyOf = (field: string, key: SQL, placeholder: string) => ({
    key,
    index: names.indexOf(field),
    position: kindOf(rows.column(field)).position(sql`${sql.placeholder(placeholder)}`),
  })
  const [key = ''] = rows.key.slice(-1)
  const id = keyOf(key, sql`${rows.column(key)}`, '@key')

  return field === key
    ? [id]
    : [keyOf(field, rows.sorts[field] ?? sql`${rows.column(field)}`, '@sort'), id]
}
