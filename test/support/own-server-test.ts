import { test as base, inject } from 'vitest'
import { startOwnServer } from './own-server.ts'
import { startService } from './service.ts'

/** A `server` that the file may break, and a `service` on it. */
export const test = base
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('server', { scope: 'file' }, async ({}, { onCleanup }) => {
    const server = await startOwnServer()
    onCleanup(() => server.close())
    return server
  })
  .extend('service', { scope: 'file' }, async ({ server }, { onCleanup }) => {
    const service = await startService(inject('workerDir'), {
      DATABASE_URL: server.workerUrl,
      NEON_ENDPOINT: server.endpointUrl,
    })
    onCleanup(() => service.close())
    return service
  })
