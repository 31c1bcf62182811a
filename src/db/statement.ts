import type { SQL } from 'drizzle-orm'
import { PgDialect } from 'drizzle-orm/pg-core'

/** The text of a statement, and its parameters in their order: values, and placeholders for some. */
export type Statement = { sql: string; params: unknown[] }

const dialect = new PgDialect({ casing: 'snake_case' })

/** For a statement that is run once, with its values in it. */
export const compile = (sql: SQL): Statement => dialect.sqlToQuery(sql)

const statements = new Map<string, Statement>()

/**
 * Keeps the statement that `build` makes, so that no request builds it anew: to build one takes longer
 * than to run it. `key` names it, and all that its text depends on: of few values, as all are kept.
 * What comes from a request goes into placeholders.
 */
export function cached(key: string, build: () => SQL): Statement {
  const statement = statements.get(key) ?? compile(build())
  statements.set(key, statement)
  return statement
}
