import { beforeEach, describe, expect, vi } from 'vitest'
import { ConnectionError, createClient } from '../../../src/client.ts'
import { ada, grace } from '../../support/people.ts'
import { passingMishaps, problem, test } from '../../support/proxied-client.ts'

// A repetition waits for a random part of its pause: here for none of it.
beforeEach(() => {
  vi.spyOn(Math, 'random').mockReturnValue(0)
})

describe('the client', () => {
  test('imports and exports', async ({ service }) => {
    const { users } = createClient(service.url.href)

    const result = await users.import('name,email\nAda,ada@example.com\nGrace,grace\n', {
      mediaType: 'text/csv',
      onConflict: 'update',
    })
    const stream = await users.export({ mediaType: 'text/csv', q: 'ada' })

    expect(result).toMatchObject({ created: 1, refused: [{ line: 3, pointer: '/email' }] })
    const text = await new Response(stream).text()
    expect(text).toMatch(/^id,name,email,version,createdAt,updatedAt\r\n1,Ada,ada@example.com,1,/)
  })
})

describe('an import that may be repeated', () => {
  test.for(passingMishaps)(
    'succeeds in spite of %s',
    async ([, mishap], { proxy, users, database }) => {
      proxy.plan(mishap, mishap)
      await users.import(JSON.stringify(grace), { mediaType: 'application/x-ndjson' })

      expect(proxy.requests).toEqual(Array(3).fill('POST /users/import?onConflict=skip'))
      expect(await database.query('select name, email from users order by id')).toEqual([grace])
    },
  )
})

describe('a service that is busy', () => {
  const busy = problem('busy', 503, { 'Retry-After': '0' })
  const mediaType = 'application/x-ndjson' as const

  test('is waited for beyond the retries, and says so', async ({ proxy, database }) => {
    let told = 0
    const onBusy = () => {
      told += 1
    }
    const { users } = createClient(proxy.url, { retries: 1, onBusy })
    proxy.plan(busy, busy, busy, busy)

    const result = await users.import(JSON.stringify(ada), { mediaType })

    expect(result).toMatchObject({ created: 1 })
    expect([told, proxy.requests.length]).toEqual([4, 5])
    expect(await database.query('select name from users')).toHaveLength(1)
  })
})

describe('an export', () => {
  test('fails when it is cut off', async ({ proxy, users }) => {
    await users.create(ada)
    proxy.plan('cut')

    const stream = await users.export()

    await expect(new Response(stream).text()).rejects.toBeInstanceOf(ConnectionError)
  })
})
