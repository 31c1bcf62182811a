import { test as base, inject } from 'vitest'
import { cloneDatabase, type TestDatabase } from './database.ts'
import { type Service, startService } from './service.ts'
import { asWorker } from './worker-role.ts'

type Shared = { database: TestDatabase; worker: Service }

/** Each file extends `test`, and vitest would start a fixture of each of them. */
let shared: Promise<Shared> | undefined

async function start(): Promise<Shared> {
  const database = await cloneDatabase(inject('postgresUrl'), inject('templateUrl'))
  const worker = await startService(inject('workerDir'), {
    DATABASE_URL: asWorker(database.url),
    NEON_ENDPOINT: inject('endpointUrl'),
  })
  return { database, worker }
}

/**
 * `database` and a `service` on it, the same ones for every file of a process; the table is empty
 * when a test begins. A file that changes the database for good, fills it for many tests, or keeps
 * the service busy takes `test.ts`.
 */
export const test = base
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('shared', { scope: 'worker' }, async ({}, { onCleanup }) => {
    if (!shared) {
      const starting = start()
      shared = starting
      // The next file tries again.
      starting.catch(() => {
        shared = undefined
      })
      onCleanup(async () => {
        const { database, worker } = await starting
        await worker.close()
        await database.drop()
      })
    }
    return shared
  })
  .extend('emptied', async ({ shared: { database, worker } }) => {
    await database.empty()
    const logged = worker.logs().length
    return { database, worker: { ...worker, logs: () => worker.logs().slice(logged) } }
  })
  .extend('database', ({ emptied }) => emptied.database)
  .extend('service', ({ emptied }) => emptied.worker)
