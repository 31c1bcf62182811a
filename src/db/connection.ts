import { neon, neonConfig } from '@neondatabase/serverless'
import { fetchFromNeon } from './deadline-and-retries.ts'
import { createRunner, type Runner } from './run.ts'

/** Runs SQL that Drizzle has composed. Over HTTP there is no transaction beyond one request. */
export type Database = Runner

export type DatabaseOptions = {
  url: string
  /** Where SQL over HTTP is answered, when that is not Neon itself. */
  endpoint?: string | undefined
}

/** The driver keeps its settings globally: one isolate has one database. */
export function createDatabase({ url, endpoint }: DatabaseOptions): Database {
  neonConfig.fetchFunction = fetchFromNeon
  neonConfig.fetchEndpoint = endpoint ?? neonConfig.defaults.fetchEndpoint

  return createRunner(neon(url, { arrayMode: true }))
}
