import { getTableColumns, is, SQL } from 'drizzle-orm'
import { PgTable } from 'drizzle-orm/pg-core'
import { CommandError } from '../command/command.ts'

/**
 * Throws CommandError for a default that drizzle-kit 0.31 cannot write: it stops at a bigint, and
 * doubles no quote and no backslash in an array or in JSON, which then are another value, or none.
 */
export function defaultsAreWritable(tables: Record<string, unknown>): void {
  for (const [where, table] of Object.entries(tables)) {
    for (const [column, { default: value, ...rest }] of columnsOf(table)) {
      const text = is(value, SQL) ? undefined : asSql(value, rest.getSQLType())
      if (text !== undefined) {
        throw new CommandError(
          `${where}: drizzle-kit cannot write the default of ${column}. Write it as SQL: ` +
            `.default(${inTypeScript(text)})`,
        )
      }
    }
  }
}

const columnsOf = (table: unknown) =>
  is(table, PgTable)
    ? Object.entries(getTableColumns(table)).map(
        ([name, column]) =>
          [
            name,
            { default: column.default as unknown, getSQLType: () => column.getSQLType() },
          ] as const,
      )
    : []

/** Of a value that drizzle-kit writes right: undefined. */
function asSql(value: unknown, type: string): string | undefined {
  if (typeof value === 'bigint') {
    return String(value)
  }
  if (Array.isArray(value)) {
    return value.flat(Infinity).some((each) => typeof each === 'string' && /['"\\]/.test(each))
      ? `${arrayOf(value)}::${type}`
      : undefined
  }
  if (typeof value === 'object' && value !== null && /^jsonb?$/.test(type)) {
    const text = JSON.stringify(value)
    return text.includes("'") ? `${quoted(text)}::${type}` : undefined
  }
  return undefined
}

const arrayOf = (values: readonly unknown[]): string =>
  `array[${values.map((each) => (Array.isArray(each) ? arrayOf(each) : quoted(String(each)))).join(', ')}]`

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`

const inTypeScript = (text: string) =>
  /[\\`]|\$\{/.test(text) ? `sql.raw(${JSON.stringify(text)})` : `sql\`${text}\``
