import { randomUUID } from 'node:crypto'
import { createDatabase } from '../../src/postgres/databases.ts'
import { makeOwner, ownerName } from '../../src/postgres/owner.ts'
import { startPostgres } from '../../src/postgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The connection string of the role that owns the databases, as on Neon no superuser. */
    postgresUrl: string
    /** For a test whose subject takes a superuser. */
    superuserUrl: string
  }
}

export type TestServer = {
  postgresUrl: string
  superuserUrl: string
  createDatabase(name: string, template?: string): Promise<string>
}

/**
 * One PostgreSQL for a whole run. `NEON_LOCAL_POSTGRES_URL` is another to test on: it must be a
 * superuser's, and nobody else may use the server.
 */
export async function startTestServer(stack: AsyncDisposableStack): Promise<TestServer> {
  const { postgresUrl, superuserUrl } = await findPostgres(stack)
  return {
    postgresUrl,
    superuserUrl,
    createDatabase: async (name, template) => {
      await createDatabase(postgresUrl, name, template)
      return Object.assign(new URL(postgresUrl), { pathname: name }).href
    },
  }
}

async function findPostgres(stack: AsyncDisposableStack) {
  const superuserUrl = process.env['NEON_LOCAL_POSTGRES_URL']
  if (superuserUrl !== undefined) {
    const password = randomUUID()
    await makeOwner(superuserUrl, password)
    const owner = { username: ownerName, password }
    return { superuserUrl, postgresUrl: Object.assign(new URL(superuserUrl), owner).href }
  }
  const postgres = await startPostgres()
  stack.defer(() => postgres.close())
  return { postgresUrl: postgres.url, superuserUrl: postgres.superuserUrl() }
}
