import { test as base, inject } from 'vitest'
import { startOwnServer } from './own-server.ts'
import { startService } from './service.ts'

type Breakable = { workerUrl: string; endpointUrl: string; close(): Promise<void> }

/** A `server` that the file may break, and a `service` on it, with a `clock` of `startService`. */
export const testOn = <Server extends Breakable>(start: () => Promise<Server>, clock = 1) =>
  base
    // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
    .extend('server', { scope: 'file' }, async ({}, { onCleanup }): Promise<Server> => {
      const server = await start()
      onCleanup(() => server.close())
      return server
    })
    .extend('service', { scope: 'file' }, async ({ server }, { onCleanup }) => {
      const secrets = { DATABASE_URL: server.workerUrl, NEON_ENDPOINT: server.endpointUrl }
      const service = await startService(inject('workerDir'), secrets, { clock })
      onCleanup(() => service.close())
      return service
    })

export const test = testOn(startOwnServer)
