import { neon, neonConfig } from '@neondatabase/serverless'
import { drizzle, type NeonHttpDatabase } from 'drizzle-orm/neon-http'
import { fetchFromNeon } from './fetch.ts'
import { createRunner, type Runner } from './run.ts'

/** Without `transaction`: over HTTP there is none, and Drizzle says so only when it runs. */
export type Database = Omit<NeonHttpDatabase, 'transaction'> & Runner

export type DatabaseOptions = {
  url: string
  /** Where SQL over HTTP is answered, when that is not Neon itself. */
  endpoint?: string | undefined
}

/** The driver keeps its settings globally: one isolate has one database. */
export function createDatabase({ url, endpoint }: DatabaseOptions): Database {
  neonConfig.fetchFunction = fetchFromNeon
  neonConfig.fetchEndpoint = endpoint ?? neonConfig.defaults.fetchEndpoint

  const client = neon(url)

  return Object.assign(drizzle(client, { casing: 'snake_case' }), createRunner(client))
}
