import { startEndpoint } from 'neon-local'
import { inject } from 'vitest'
import { cloneDatabase } from './database.ts'
import { createSpoilers, type Spoilers } from './faults.ts'
import { testOn } from './own-server-test.ts'
import { asWorker } from './worker-role.ts'

/** A database of the run's PostgreSQL behind an endpoint that the file may spoil. */
type OwnEndpoint = Spoilers & {
  /** The owner's. */
  databaseUrl: string
  /** The same database, as the Worker's role. */
  workerUrl: string
  endpointUrl: string
}

async function startOwnEndpoint(): Promise<OwnEndpoint & { close(): Promise<void> }> {
  const { faults, ...spoilers } = createSpoilers()
  const database = await cloneDatabase(inject('postgresUrl'), inject('templateUrl'))
  const endpoint = await startEndpoint({ postgresUrl: inject('postgresUrl'), faults })

  return {
    ...spoilers,
    databaseUrl: database.url,
    workerUrl: asWorker(database.url),
    endpointUrl: endpoint.url,
    close: async () => {
      await endpoint.close()
      await database.drop()
    },
  }
}

/** As `test` of `own-server-test.ts`, at a fifth of its CPU: nobody may stop this PostgreSQL. */
export const test = testOn(startOwnEndpoint)
