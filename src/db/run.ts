import { NeonDbError, type NeonQueryFunction, neonConfig, types } from '@neondatabase/serverless'
import { fillPlaceholders } from 'drizzle-orm'
import { fetchFromNeon } from './fetch.ts'

/** As much of Drizzle's prepared query as is used. */
export type Prepared<Rows> = {
  getQuery(): { sql: string; params: unknown[] }
  mapResult(result: unknown): unknown
  execute(): Promise<Rows>
}

type Values = Record<string, unknown>

export type Runner = {
  /** Throws the driver's error for a statement that failed, and what `fetchFromNeon` throws. */
  run<Rows>(query: Prepared<Rows>, values: Values): Promise<Rows>
  /** One after the other, in one transaction and one round trip. */
  runBoth<First, Second>(
    queries: readonly [Prepared<First>, Prepared<Second>],
    values: Values,
  ): Promise<[First, Second]>
}

/**
 * Runs prepared queries as Drizzle and the driver do, without what they do anew for each: the driver
 * takes the connection string apart four times.
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
    async run(query, values) {
      return rowsOf(query, await post(statement(query, values)))
    },
    async runBoth([first, second], values) {
      const queries = [statement(first, values), statement(second, values)]
      const { results } = objectOf(await post({ queries }))
      const [one, other] = arrayOf(results)
      return [rowsOf(first, one), rowsOf(second, other)]
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
    // The driver has read it by now. Others must not be caught in between.
    neonConfig.fetchFunction = fetchFunction
  })
}

function statement(prepared: Prepared<unknown>, values: Values) {
  const { sql, params } = prepared.getQuery()
  // As text, which PostgreSQL reads by the type that each has in the statement.
  const toText = (value: unknown) => (value == null ? null : String(value))

  return { query: sql, params: fillPlaceholders(params, values).map(toText) }
}

function rowsOf<Rows>(query: Prepared<Rows>, result: unknown): Rows {
  const { fields, rows } = objectOf(result)
  const parsers = arrayOf(fields).map((field) =>
    types.getTypeParser(Number(objectOf(field)['dataTypeID'])),
  )
  const values = arrayOf(rows).map((row) =>
    arrayOf(row).map((text, index) => (text === null ? null : parsers[index](text))),
  )
  // What Drizzle makes of the values is of the type that it gives the query.
  return query.mapResult({ rows: values }) as Rows
}

/** As much of it as is read: by `isUniqueViolation`, and for the log. */
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
