import { beforeEach, describe, expect, vi } from 'vitest'
import { createClient } from '../../src/client.ts'
import { test } from '../support/own-endpoint-test.ts'

// A repetition waits for a random part of its pause: here for none of it.
beforeEach(() => {
  vi.spyOn(Math, 'random').mockReturnValue(0)
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
