import type { SQL } from 'drizzle-orm'
import { PgDialect } from 'drizzle-orm/pg-core'

/** The text of a statement, and its parameters in order: values and placeholders. */
export type Statement = { sql: string; params: unknown[] }

const dialect = new PgDialect({ casing: 'snake_case' })

/** For a statement that is run only once, with its values in it. */
export const compile = (sql: SQL): Statement => dialect.sqlToQuery(sql)

const statements = new Map<string, Statement>()

/**
 * Compiles what `build` makes, once for each `key`: compiling takes longer than running. `key`
 * names the statement and everything that its text depends on. It must have few values, because all
 * statements are kept. Values from a request go into placeholders.
 */
export function cached(key: string, build: () => SQL): Statement {
  const statement = statements.get(key) ?? compile(build())
  statements.set(key, statement)
  return statement
}
