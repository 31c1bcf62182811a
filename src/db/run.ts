import { NeonDbError, type NeonQueryFunction } from '@neondatabase/serverless'
import { is, Param, Placeholder } from 'drizzle-orm'
import type { Statement } from './statement.ts'

/** By the names of the placeholders. */
type Values = object

/** A row as PostgreSQL writes it: each value as text. */
export type Row = readonly (string | null)[]

export type Runner = {
  /**
   * Gives the rows. Throws the driver's error for a statement that failed, and what `fetchFromNeon`
   * throws.
   */
  run(statement: Statement, values?: Values): Promise<readonly Row[]>
  /** One after the other, in one transaction and one round trip. */
  runAll(statements: readonly Statement[], values: Values): Promise<(readonly Row[])[]>
}

/** The driver would turn texts into numbers, dates and objects, which go out as text again. */
const asText = { types: { getTypeParser: () => (text: string) => text } }

export function createRunner(client: NeonQueryFunction<true, false>): Runner {
  const query = ({ sql, params }: Statement, values: Values) =>
    client.query(
      sql,
      params.map((param) => textOf(param, values)),
      asText,
    )

  return {
    run: async (statement, values = {}) => query(statement, values).catch(unwrap),
    runAll: async (statements, values) =>
      client.transaction(statements.map((statement) => query(statement, values))).catch(unwrap),
  }
}

/** The driver wraps what its fetch throws. */
function unwrap(error: unknown): never {
  throw error instanceof NeonDbError ? (error.sourceError ?? error) : error
}

/** Values go as text. PostgreSQL reads each by the type that it has in the statement. */
function textOf(param: unknown, values: Values): string | null {
  const value = givenFor(param, values)
  return value == null ? null : String(value)
}

function givenFor(param: unknown, values: Values): unknown {
  if (is(param, Placeholder)) {
    return Reflect.get(values, param.name)
  }
  if (is(param, Param) && is(param.value, Placeholder)) {
    const value: unknown = Reflect.get(values, param.value.name)
    // Drizzle would pass null through the column's encoder, like a value.
    return value == null ? null : param.encoder.mapToDriverValue(value)
  }
  return param
}
