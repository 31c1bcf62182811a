import { startEndpoint } from 'neon-local'
import { test as base, inject } from 'vitest'
import { cloneDatabase } from './database.ts'
import { insertPeople } from './insert-people.ts'
import { startService } from './service.ts'

/** A service whose requests to the endpoint are counted. */
export const test = base
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('counted', { scope: 'file' }, async ({}, { onCleanup }) => {
    const stack = new AsyncDisposableStack()
    onCleanup(() => stack.disposeAsync())
    let roundTrips = 0
    const endpoint = await startEndpoint({
      postgresUrl: inject('postgresUrl'),
      faults: () => {
        roundTrips += 1
        return undefined
      },
    })
    stack.defer(() => endpoint.close())
    const database = await cloneDatabase(inject('postgresUrl'), inject('templateUrl'))
    stack.defer(() => database.drop())
    const service = await startService(inject('workerDir'), {
      DATABASE_URL: database.url,
      NEON_ENDPOINT: endpoint.url,
    })
    stack.defer(() => service.close())
    return {
      database,
      request: service.request,
      count: async (...request: Parameters<typeof service.request>) => {
        const before = roundTrips
        const { status, text } = await service.request(...request)
        return { status, text, roundTrips: roundTrips - before }
      },
    }
  })
  .extend('crowded', { scope: 'file' }, async ({ counted }) => {
    await counted.database.empty()
    await insertPeople(counted.database, 4_500)
    return counted
  })
