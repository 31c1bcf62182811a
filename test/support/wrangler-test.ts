import { inject } from 'vitest'
import { test } from './test.ts'
import { asWorker } from './worker-role.ts'
import { startWithWrangler } from './wrangler-harness.ts'

/** `test` with a Worker as `wrangler dev` runs it, of other variables, or another Worker. */
export const testWithWrangler = (
  variables: Record<string, string> = {},
  chooseWorker: (workerDir: string) => Promise<string> = async (workerDir) => workerDir,
) =>
  test
    .extend('worker', { scope: 'file' }, async ({ database }, { onCleanup }) => {
      const worker = await startWithWrangler(await chooseWorker(inject('workerDir')), {
        DATABASE_URL: asWorker(database.url),
        NEON_ENDPOINT: inject('endpointUrl'),
        ...variables,
      })
      onCleanup(() => worker.close())
      return worker
    })
    .extend('service', async ({ database, worker }) => {
      await database.empty()
      return worker
    })
