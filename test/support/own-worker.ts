import { inject } from 'vitest'
import { startService } from './service.ts'
import { test } from './test.ts'
import { asWorker } from './worker-role.ts'

/** `test` with a Worker of other variables. */
export const testWith = (variables: Record<string, string>) =>
  test.extend('worker', { scope: 'file' }, async ({ database }, { onCleanup }) => {
    const worker = await startService(inject('workerDir'), {
      DATABASE_URL: asWorker(database.url),
      NEON_ENDPOINT: inject('endpointUrl'),
      ...variables,
    })
    onCleanup(() => worker.close())
    return worker
  })
