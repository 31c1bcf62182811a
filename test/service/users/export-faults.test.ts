import pg from 'pg'
import { describe, expect } from 'vitest'
import { fillUsers } from '../../support/fill-users.ts'
import { test as base } from '../../support/own-endpoint-test.ts'

const test = base.extend('userCount', { scope: 'file' }, async ({ server }) => {
  // Far more than the streams on the way hold.
  const client = new pg.Client({ connectionString: server.databaseUrl })
  await client.connect()
  await client.query(
    fillUsers(
      `select repeat('Person ', 20) || n, n || '@example.com' from generate_series(1, 40000) n`,
    ),
  )
  await client.end()
  return 40_000
})

describe('GET /users/export', () => {
  test('breaks off when the database goes away, and never looks whole', async ({
    server,
    service,
    userCount,
  }) => {
    expect(userCount).toBeGreaterThan(0)
    for (const mediaType of ['application/x-ndjson', 'text/csv']) {
      const response = await fetch(new URL('/users/export', service.url), {
        headers: { Accept: mediaType },
      })
      const reader = response.body?.getReader()
      await reader?.read()
      server.spoil('unavailable')
      const rest = async () => {
        while (!(await reader?.read())?.done) {
          // Whatever was on its way.
        }
      }

      await expect(rest()).rejects.toThrow()
      expect(response.status).toBe(200)
      server.spoil(undefined)
    }
    await expect.poll(() => service.logs().join('\n')).toContain('"brokeOff":true,"reason":"neon ')
    expect(service.logs().join('\n')).not.toMatch(/person|example\.com|select /i)
  })

  test('ends quietly when the client goes away', async ({ service }) => {
    const before = service.logs().filter((line) => line.includes('brokeOff')).length

    for (let round = 0; round < 5; round += 1) {
      const response = await fetch(new URL('/users/export', service.url))
      const reader = response.body?.getReader()
      await reader?.read()
      await reader?.cancel()
    }

    await service.request('GET', '/users?limit=1')
    const after = service.logs().filter((line) => line.includes('brokeOff')).length
    expect(after).toBe(before)
  })

  test('is a problem when the database is away from the first', async ({ server, service }) => {
    server.spoil('unavailable')

    const answer = await service.request('GET', '/users/export')

    server.spoil(undefined)
    expect(answer).toMatchObject({ status: 503, body: { type: '/problems/database-unavailable' } })
  })
})
