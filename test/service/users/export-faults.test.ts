import pg from 'pg'
import { test as base, describe, expect, inject } from 'vitest'
import { startOwnServer } from '../../support/own-server.ts'
import { startService } from '../../support/service.ts'

const test = base
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('server', { scope: 'file' }, async ({}, { onCleanup }) => {
    const server = await startOwnServer()
    onCleanup(() => server.close())
    // Far more than the streams on the way hold.
    const client = new pg.Client({ connectionString: server.databaseUrl })
    await client.connect()
    await client.query(
      `insert into users (name, email)
       select repeat('Person ', 20) || n, n || '@example.com' from generate_series(1, 60000) n`,
    )
    await client.end()
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

describe('GET /users/export', () => {
  test('breaks off when the database goes away, and never looks whole', async ({
    server,
    service,
  }) => {
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
    await expect.poll(() => service.logs().join('\n')).toContain('"brokeOff":true')
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
