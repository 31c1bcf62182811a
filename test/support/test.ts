import { test as base, inject } from 'vitest'
import { cloneDatabase } from './database.ts'
import { startService } from './service.ts'
import { asWorker } from './worker-role.ts'

/** `database` and a `service` on it, both the file's own; the table is empty when a test begins. */
export const test = base
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('database', { scope: 'file' }, async ({}, { onCleanup }) => {
    const database = await cloneDatabase(inject('postgresUrl'), inject('templateUrl'))
    onCleanup(() => database.drop())
    return database
  })
  .extend('worker', { scope: 'file' }, async ({ database }, { onCleanup }) => {
    const worker = await startService(inject('workerDir'), {
      DATABASE_URL: asWorker(database.url),
      NEON_ENDPOINT: inject('endpointUrl'),
    })
    onCleanup(() => worker.close())
    return worker
  })
  .extend('service', async ({ database, worker }) => {
    await database.empty()
    return worker
  })
