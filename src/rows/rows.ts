import { type Column, getTableColumns, getTableName, type SQL, sql } from 'drizzle-orm'
import { toSnakeCase } from 'drizzle-orm/casing'
import type { PgTable } from 'drizzle-orm/pg-core'
import type { Row } from '../db/run.ts'
import type { ServiceError } from '../errors.ts'
import type { Json } from '../json.ts'
import type { Events } from './events.ts'
import type { IdempotencyKeys } from './idempotency-key-tables.ts'
import { type Kind, kindOf } from './kinds.ts'

/** The rows of a table: what a client sees of them, and what can go wrong with them. */
export type Rows<Seen, New> = Required<Options<keyof Seen & string>> & {
  table: PgTable
  /** That of the table in PostgreSQL, and a number when these are not the first rows of it. */
  name: string
  /** Throws TypeError when there is none. */
  column(field: string): Column
  has(field: string): boolean
  /** The names of what is read: the fields in order, and the key that a list goes on after. */
  selected: readonly string[]
  /** The same in SQL, each under its name, for a select or a returning clause. */
  selection: SQL
  /** Turns a row of `selection` into JSON. */
  json(row: Row): Json<Seen>
  /** The same, with what the headers of an answer say about the row. */
  see(row: Row): SeenRow<Seen>
  /** Carries a type; it has no value. */
  of?: New
}

export type SeenRow<Seen> = {
  /** The last column of its key. */
  id: number | string
  version: Seen extends { version: number } ? number : undefined
  json: Json<Seen>
}

/** The key of a row; an object when it has several columns. */
export type Id = number | string | Readonly<Record<string, number | string>>

/** What a client sees of a row of `R`. */
export type Seen<R> = R extends Rows<infer Value, infer _> ? Value : never

type Options<Field extends string> = {
  /** What a client sees, in this order. A new column is not shown until it is named here. */
  fields: readonly Field[]
  /** What people call one of them: `user`. */
  noun: string
  notFound: (id: number | string) => ServiceError
  /** The table of their idempotency keys, if they are created with such. */
  idempotencyKeys?: IdempotencyKeys | undefined
  /** The table of their events, if each write of a row makes one. They need a version. */
  events?: Events | undefined
  /** Where a row that is removed is kept for a time: a table with the same columns, and `deletedAt`. */
  deleted?: PgTable | undefined
  /** What it means when a statement violates the constraint or unique index of this name. */
  conflicts?: Readonly<Record<string, () => ServiceError>>
  /** The columns of the primary key: `id` by default. A list is sorted by the last of them. */
  key?: readonly string[]
  /** What a list is sorted by for a field, if the index has an expression instead of the column. */
  sorts?: Readonly<Record<string, SQL>>
}

/** The type in JSON, where a moment is a string. */
type InJson<Value> = Value extends Date ? string : Value

/**
 * Throws TypeError, so that the Worker does not start, for a column that it cannot write as JSON.
 */
export function rowsOf<Table extends PgTable, Field extends keyof Table['$inferSelect'] & string>(
  table: Table,
  {
    key = ['id'],
    idempotencyKeys,
    events,
    deleted,
    conflicts = {},
    sorts = {},
    ...options
  }: Options<Field>,
): Rows<{ [F in Field]: InJson<Table['$inferSelect'][F]> }, Table['$inferInsert']> {
  const name = newName(getTableName(table))
  const columns: Readonly<Record<string, Column>> = getTableColumns(table)
  const column = (field: string) =>
    columns[field] ?? refuse(`The table ${getTableName(table)} has no column ${field}.`)
  const [last = ''] = key.slice(-1)
  const names: readonly string[] = options.fields
  // A page goes on after a key, whether a client sees it or not.
  const selected = names.includes(last) ? names : [...names, last]
  const kinds = selected.map((field) => kindOf(column(field)))
  const json = createWriter(names, kinds)
  const [id, version] = [selected.indexOf(last), names.indexOf('version')]
  const value = (row: Row, index = -1) => (kinds[index]?.isNumber ? Number(row[index]) : row[index])

  return {
    ...options,
    key,
    idempotencyKeys,
    events: events && (columns['version'] ? events : refuse(`Events need a version: ${name}.`)),
    deleted,
    conflicts,
    sorts,
    table,
    selected,
    name,
    column,
    has: (field) => Object.hasOwn(columns, field),
    selection: commas(
      selected.map((field, index) => sql`${kinds[index]?.read} as ${sql.identifier(field)}`),
    ),
    json,
    // The columns of the table are of these types.
    see: (row) => ({ id: value(row, id), version: value(row, version), json: json(row) }) as never,
  }
}

const taken = new Map<string, number>()

/** Statements are kept by the names of rows, so that two views of one table need two. */
function newName(table: string): string {
  const count = (taken.get(table) ?? 0) + 1
  taken.set(table, count)
  return count === 1 ? table : `${table} ${count}`
}

/** Joins pieces of text. Making objects and then JSON of them was most of the cost of a request. */
function createWriter(fields: readonly string[], kinds: readonly Kind[]): (row: Row) => string {
  const starts = fields.map((field, index) => `${index === 0 ? '{' : ','}${JSON.stringify(field)}:`)

  return (row) => {
    let json = ''
    for (let index = 0; index < starts.length; index += 1) {
      const value = row[index]
      json += `${starts[index]}${value == null ? 'null' : kinds[index]?.json(value)}`
    }
    return `${json}}`
  }
}

/** The name of a column without its table, as in a list of columns. */
export const nameOf = (column: Column) =>
  sql.identifier(column.keyAsName ? toSnakeCase(column.name) : column.name)

/** A placeholder for a value of the column, with its type. */
export const given = (field: string, column: Column) =>
  sql`${sql.param(sql.placeholder(field), column)}`

/** What a CTE with the `selection` of the rows has told, by its names. */
export const namesOf = <Seen, New>(
  { selected }: Pick<Rows<Seen, New>, 'selected'>,
  source?: string,
) =>
  commas(
    selected.map((name) =>
      source === undefined
        ? sql`${sql.identifier(name)}`
        : sql`${sql.identifier(source)}.${sql.identifier(name)}`,
    ),
  )

export const commas = (parts: readonly SQL[]) => sql.join([...parts], sql`, `)

function refuse(message: string): never {
  throw new TypeError(message)
}
