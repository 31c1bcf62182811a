import { CommandError } from '../command/command.ts'

/**
 * Throws CommandError for a default that drizzle-kit 0.31 cannot write: it stops at a bigint, and
 * doubles no quote and no backslash in an array or in JSON, which then are another value, or none.
 */
export async function defaultsAreWritable(tables: Record<string, unknown>): Promise<void> {
  // The tables have loaded it, and quick-imports.ts has made that quick: a static import would not be.
  const { getTableColumns, is, SQL, Table } = await import('drizzle-orm')

  for (const [where, table] of Object.entries(tables)) {
    for (const [name, column] of is(table, Table) ? Object.entries(getTableColumns(table)) : []) {
      const text = is(column.default, SQL) ? undefined : asSql(column.default, column.getSQLType())
      if (text !== undefined) {
        throw new CommandError(
          `${where}: drizzle-kit cannot write the default of ${name}. Write it as SQL: ` +
            `.default(${inTypeScript(text)})`,
        )
      }
    }
  }
}

/** Of a value that drizzle-kit writes right: undefined. */
function asSql(value: unknown, type: string): string | undefined {
  if (typeof value === 'bigint') {
    return String(value)
  }
  if (/^jsonb?$/.test(type) && value !== undefined) {
    const text = JSON.stringify(value)
    return text.includes("'") ? `${quoted(text)}::${type}` : undefined
  }
  if (Array.isArray(value)) {
    return value.flat(Infinity).some((each) => typeof each === 'string' && /['"\\]/.test(each))
      ? `${arrayOf(value)}::${type}`
      : undefined
  }
  return undefined
}

const arrayOf = (values: readonly unknown[]): string =>
  `array[${values.map((each) => (Array.isArray(each) ? arrayOf(each) : quoted(String(each)))).join(', ')}]`

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`

const inTypeScript = (text: string) =>
  /[\\`]|\$\{/.test(text) ? `sql.raw(${JSON.stringify(text)})` : `sql\`${text}\``
