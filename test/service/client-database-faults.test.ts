import { test as base, describe, expect, inject } from 'vitest'
import { createClient } from '../../src/client.ts'
import { startOwnServer } from '../support/own-server.ts'
import { startService } from '../support/service.ts'

const test = base
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

describe('the client, with a database that fails once', () => {
  test.for([
    ['reset-before', 504],
    ['reset-after', 504],
    ['truncated-json', 504],
    ['connection-closed', 504],
    ['quota', 503],
    ['compute-unreachable', 503],
  ] as const)(
    'creates one user all the same: %s, which the service answers with %i',
    async ([fault, status], { server, service }) => {
      const statuses: number[] = []
      const { users } = createClient(service.url.href, {
        fetch: async (...request) => {
          const answer = await fetch(...request)
          statuses.push(answer.status)
          server.spoil(undefined)
          return answer
        },
      })
      const newUser = { name: 'Ada Lovelace', email: `${fault}@example.com` }

      server.spoil(fault)
      const user = await users.create(newUser)

      expect(statuses).toEqual([status, 201])
      expect(await Array.fromAsync(users.list({ email: newUser.email }))).toEqual([user])
    },
  )
})
