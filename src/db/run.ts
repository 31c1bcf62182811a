import { NeonDbError, type NeonQueryFunction, neonConfig } from '@neondatabase/serverless'
import { is, Param, Placeholder } from 'drizzle-orm'
import { fetchFromNeon } from './fetch.ts'
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

/**
 * Runs statements as the driver does, but without repeating its preparations: for each statement it
 * would parse the connection string four times.
 */
export function createRunner(client: NeonQueryFunction<false, false>): Runner {
  let request: DriverRequest | undefined

  const post = async (body: unknown): Promise<unknown> => {
    request ??= await requestOf(client)
    const { url, init } = request
    const reply = await fetchFromNeon(url, { ...init, body: JSON.stringify(body) })
    const answer = await reply.json()
    if (!reply.ok) {
      throw errorOf(answer)
    }
    return answer
  }

  return {
    async run(statement, values = {}) {
      return rowsOf(await post(filled(statement, values)))
    },
    async runAll(statements, values) {
      const queries = statements.map((statement) => filled(statement, values))
      return arrayOf(objectOf(await post({ queries }))['results']).map(rowsOf)
    },
  }
}

type DriverRequest = { url: string; init: RequestInit }

/** Where the driver sends a statement, and with which headers. */
function requestOf(client: NeonQueryFunction<false, false>): Promise<DriverRequest> {
  const { fetchFunction } = neonConfig

  return new Promise((resolve, reject) => {
    neonConfig.fetchFunction = (url: string, init: RequestInit) => {
      resolve({ url, init })
      throw new TypeError('Nothing is to be sent.')
    }
    client.query('').catch(reject)
    // The driver has read it by now. No other statement may be caught by it.
    neonConfig.fetchFunction = fetchFunction
  })
}

/** Values go as text. PostgreSQL reads each by the type that it has in the statement. */
const filled = ({ sql, params }: Statement, values: Values) => ({
  query: sql,
  params: params.map((param) => {
    const value = givenFor(param, values)
    return value == null ? null : String(value)
  }),
})

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

const rowsOf = (result: unknown) => arrayOf(objectOf(result)['rows']).map(rowOf)

/** Of text and null, as `Neon-Raw-Text-Output` has it. */
const rowOf = (value: unknown) => arrayOf(value) as Row

/** With the properties that `orConflict` and the log read. */
function errorOf(answer: unknown): NeonDbError {
  const { message, code, constraint } = objectOf(answer)

  return Object.assign(new NeonDbError(String(message)), {
    code: String(code),
    constraint: constraint == null ? undefined : String(constraint),
  })
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

const objectOf = (value: unknown) => (isObject(value) ? value : refuse())

const arrayOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : refuse())

function refuse(): never {
  throw new TypeError('The database has answered in a form that is not of Neon.')
}
