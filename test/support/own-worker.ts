import { inject } from 'vitest'
import { type Service, startService } from './service.ts'
import { test } from './test.ts'
import { asWorker } from './worker-role.ts'

/** `test` with a Worker of other variables, or another Worker. */
export const testWith = (
  variables: Record<string, string>,
  chooseWorker: (workerDir: string) => Promise<string> = async (workerDir) => workerDir,
) =>
  test.extend('worker', { scope: 'file' }, async ({ database }, { onCleanup }) => {
    const worker: Service = await startService(await chooseWorker(inject('workerDir')), {
      DATABASE_URL: asWorker(database.url),
      NEON_ENDPOINT: inject('endpointUrl'),
      ...variables,
    })
    onCleanup(() => worker.close())
    return worker
  })
