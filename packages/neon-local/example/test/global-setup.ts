import { startEndpoint, startPostgres } from 'neon-local'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    databaseUrl: string
    neonEndpoint: string
  }
}

export default async function setup(project: TestProject) {
  const postgres = await startPostgres()
  const endpoint = await startEndpoint({ postgresUrl: postgres.url })
  project.provide('databaseUrl', await postgres.createDatabase('app'))
  project.provide('neonEndpoint', endpoint.url)

  return async () => {
    await endpoint.close()
    await postgres.close()
  }
}
