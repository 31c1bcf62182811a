import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, describe, expect } from 'vitest'
import { acceptKeys, testKey } from '../support/keys.ts'
import { ada } from '../support/people.ts'
import { copyWithLimits, copyWithoutLimits } from '../support/worker-copy.ts'
import { testWithWrangler } from '../support/wrangler-test.ts'

const keys = ['one', 'two', 'three', 'four', 'five'].map((name) => testKey(name))
const [one, two, three, four, five] = keys.map(({ headers }) => headers)

const test = testWithWrangler(acceptKeys(...keys), (workerDir) =>
  copyWithLimits(workerDir, { callers: 5, bulk: 2, searches: 2, addresses: 3 }),
)

const testWithout = testWithWrangler(acceptKeys(...keys), copyWithoutLimits)

const limited = { status: 429, body: { type: '/problems/rate-limited' } }

/** The local limiter begins anew with each minute of the clock. */
beforeEach(async () => {
  const left = 60_000 - (Date.now() % 60_000)
  if (left < 10_000) {
    await sleep(left)
  }
})

type Headers = Record<string, string> | undefined

const from = (address: string) => ({ 'CF-Connecting-IP': address })

describe('a caller', () => {
  test('who asks too much is told to wait, and no other', async ({ service }) => {
    const get = (headers: Headers) => service.request('GET', '/users/1', undefined, headers)

    for (let count = 0; count < 5; count += 1) {
      expect(await get(one)).toMatchObject({ status: 404 })
    }
    const answer = await get(one)

    expect(answer).toMatchObject(limited)
    expect(answer.headers.get('Retry-After')).toBe('60')
    expect(await service.request('POST', '/users', ada, one)).toMatchObject(limited)
    expect(await get(two)).toMatchObject({ status: 404 })
  })

  test('imports and exports less than that', async ({ service }) => {
    const exportUsers = () => service.request('GET', '/users/export', undefined, three)

    expect(await exportUsers()).toMatchObject({ status: 200 })
    expect(
      await service.request('POST', '/users/import', '', {
        ...three,
        'Content-Type': 'application/x-ndjson',
      }),
    ).toMatchObject({ status: 200 })

    expect(await exportUsers()).toMatchObject(limited)
    expect(await service.request('GET', '/users/1', undefined, three)).toMatchObject({
      status: 404,
    })
  })
})

describe('a caller', () => {
  test('searches and counts less than that', async ({ service }) => {
    const get = (path: string) => service.request('GET', path, undefined, five)

    expect(await get('/users?q=lovelace')).toMatchObject({ status: 200 })
    expect(await get('/users?q=ada&sort=name')).toMatchObject({ status: 200 })

    expect(await get('/users?count=exact')).toMatchObject(limited)
    expect(await get('/users?email=ada@example.com')).toMatchObject({ status: 200 })
  })
})

describe('an address', () => {
  test('that tries too many credentials is told to wait, but for a good one', async ({
    service,
  }) => {
    const address = from('192.0.2.1')
    const attempt = (headers: object) =>
      service.request('GET', '/users/1', undefined, {
        ...headers,
        Authorization: `Bearer ${testKey('unknown').key}`,
      })

    for (let count = 0; count < 3; count += 1) {
      expect(await attempt(address)).toMatchObject({ status: 401 })
    }

    const answer = await attempt(address)
    expect(answer).toMatchObject(limited)
    expect(answer.headers.get('Retry-After')).toBe('60')
    expect(await attempt(from('192.0.2.2'))).toMatchObject({ status: 401 })
    expect(
      await service.request('GET', '/users/1', undefined, { ...four, ...address }),
    ).toMatchObject({ status: 404 })
  })

  test('asks for readiness as often', async ({ service }) => {
    const ask = (headers: Record<string, string>) =>
      service.request('GET', '/readyz', undefined, headers)

    for (let count = 0; count < 3; count += 1) {
      expect(await ask(from('192.0.2.3'))).toMatchObject({ status: 200 })
    }

    expect(await ask(from('192.0.2.3'))).toMatchObject(limited)
    expect(await ask(from('192.0.2.4'))).toMatchObject({ status: 200 })
    expect(await service.request('GET', '/livez')).toMatchObject({ status: 200 })
  })
})

describe('without the bindings', () => {
  testWithout(
    'serves all the same, and says so in the log at its start',
    { tags: ['slow'] },
    async ({ service }) => {
      const answers = await Promise.all([
        ...Array.from({ length: 20 }, () => service.request('GET', '/users/1', undefined, one)),
        service.request('GET', '/users?q=lovelace', undefined, one),
        service.request('GET', '/readyz'),
        service.request('GET', '/users'),
      ])

      expect(answers.slice(-3).map(({ status }) => status)).toEqual([200, 200, 401])
      for (const { status } of answers.slice(0, 20)) {
        expect(status).toBe(404)
      }
      for (const of of ['callers', 'bulk', 'searches', 'addresses']) {
        expect(service.logs()).toContain(JSON.stringify({ rateLimit: 'absent', of }))
      }
    },
  )
})
