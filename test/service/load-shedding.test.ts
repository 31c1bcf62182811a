// Takes over ten seconds: endpoints that answer after seconds, until the breaker opens and closes
// again.

import { describe, expect, inject, onTestFinished } from 'vitest'
import type { Spoilers } from '../support/faults.ts'
import { test as base } from '../support/own-endpoint-test.ts'
import { startOwnServer } from '../support/own-server.ts'
import { ada, people } from '../support/people.ts'
import { type Mishap, startProxy, type Proxy as Way } from '../support/proxy.ts'
import { type Service, startService } from '../support/service.ts'

/** How many times as fast the time of the service runs: its deadline is of five seconds. */
const clock = 4

/** A service anew for each test, whose way to the endpoint may be spoiled. */
const test = base
  .extend('way', { scope: 'file' }, async ({ server }, { onCleanup }) => {
    const proxy = await startProxy(new URL(server.endpointUrl))
    onCleanup(() => proxy.close())
    return proxy
  })
  .extend('fresh', async ({ server, way }, { onCleanup }) => {
    const service = await startService(
      inject('workerDir'),
      {
        DATABASE_URL: server.workerUrl,
        NEON_ENDPOINT: `${way.url}sql`,
      },
      { clock },
    )
    onCleanup(() => service.close())
    return service
  })

const unavailable = { status: 503, body: { type: '/problems/database-unavailable' } }

const get = (service: Service) => service.request('GET', '/users?email=nobody@example.com')

const many = <Result>(count: number, make: () => Promise<Result>) =>
  Promise.all(Array.from({ length: count }, make))

/** Refused without a question to the database. One of them may be sent, to find out. */
async function isShedding(service: Service): Promise<boolean> {
  const answers = await many(4, () => get(service))
  const ids = answers.map(({ headers }) => `"requestId":"${headers.get('X-Request-Id')}"`)
  const shed = service.logs().filter((line) => line.includes('"reason":"shed"'))
  return shed.filter((line) => ids.some((id) => line.includes(id))).length >= 3
}

const isBack = async (service: Service) =>
  expect.poll(async () => (await get(service)).status, { timeout: 30_000 }).toBe(200)

describe('with PostgreSQL frozen behind an endpoint that lives', () => {
  test('sheds, though no session is left that could hang', { tags: ['slow'] }, async () => {
    const server = await startOwnServer()
    onTestFinished(() => server.close())
    // By the clock on the wall: the endpoint gives up after two seconds, before the service does.
    const service = await startService(inject('workerDir'), {
      DATABASE_URL: server.workerUrl,
      NEON_ENDPOINT: server.endpointUrl,
    })
    onTestFinished(() => service.close())
    await server.freeze()

    const first = await many(6, () => get(service))
    const writes = await many(4, () => service.request('POST', '/users', ada))
    const sheds = await isShedding(service)
    server.thaw()

    for (const answer of [...first, ...writes]) {
      expect(answer).toMatchObject(unavailable)
    }
    expect(sheds).toBe(true)
    await isBack(service)
  })
})

describe('with an endpoint that', () => {
  const slow500: Mishap = {
    status: 500,
    body: JSON.stringify({ message: "Couldn't connect to compute node", code: '' }),
    afterMs: 2_000 / clock,
  }

  type Parts = { fresh: Service; way: Way }
  const recovers = async ([, mishap]: [string, Mishap], { fresh: service, way }: Parts) => {
    way.plan(...Array<Mishap>(40).fill(mishap))

    const first = await many(6, () => get(service))
    const sheds = await isShedding(service)
    way.plan()

    for (const answer of first) {
      expect(answer).toMatchObject(unavailable)
    }
    expect(sheds).toBe(true)
    await isBack(service)
  }

  test.for<[string, Mishap]>([
    ['answers 500 after two seconds', slow500],
    ['falls silent in the body', 'stall-in-body'],
  ])('%s, sheds and recovers', (row, { fresh, way }) => recovers(row, { fresh, way }))

  test.for<[string, Mishap]>([
    [
      'answers with a page after two seconds',
      { status: 502, body: '<h1>', afterMs: 2_000 / clock },
    ],
    ['falls silent after the head', 'stall-after-head'],
  ])('%s, sheds and recovers', { tags: ['slow'] }, (row, { fresh, way }) =>
    recovers(row, { fresh, way }),
  )

  test('is slow and answers all the same, sheds nothing', async ({ server, fresh: service }) => {
    server.spoil(`latency=${2_000 / clock}`)

    const slow = await many(8, () => get(service))
    server.spoil(undefined)

    expect(new Set(slow.map(({ status }) => status))).not.toContain(503)
    expect(await isShedding(service)).toBe(false)
  })

  test('fails at once, sheds nothing', async ({ fresh: service, way }) => {
    way.plan(...Array<Mishap>(18).fill({ ...slow500, afterMs: 0 }))

    await many(6, () => get(service))
    way.plan()

    expect(await isShedding(service)).toBe(false)
  })
})

describe('a deadline of what may take long', () => {
  type Asked = Parameters<Service['request']>
  type Parts = { server: Spoilers; fresh: Service }
  const isNotTheEnd = async (
    [, ...request]: [string, ...Asked],
    { server, fresh: service }: Parts,
  ) => {
    server.spoil(`latency=${6_000 / clock}`)

    // Twice, as of searches no more than four are sent at once.
    const answers = [
      ...(await many(6, () => service.request(...request))),
      ...(await many(6, () => service.request(...request))),
    ]
    server.spoil(undefined)

    for (const { status } of answers) {
      expect([429, 503, 504]).toContain(status)
    }
    expect(await isShedding(service)).toBe(false)
  }

  test.for<[string, ...Asked]>([['a search', 'GET', '/users?q=lovelace']])(
    'is not the end of the database: %s',
    (row, { server, fresh }) => isNotTheEnd(row, { server, fresh }),
  )

  test.for<[string, ...Asked]>([['a count', 'GET', '/users?count=exact']])(
    'is not the end of the database: %s',
    { tags: ['slow'] },
    (row, { server, fresh }) => isNotTheEnd(row, { server, fresh }),
  )

  const lines = people(2)
    .map((person) => `${JSON.stringify(person)}\n`)
    .join('')
  const ndjson = { 'Content-Type': 'application/x-ndjson' }

  test.for<[string, ...Asked]>([
    ['an export', 'GET', '/users/export'],
    ['an import', 'POST', '/users/import', lines, ndjson],
  ])('is not the end of the database: %s', { tags: ['slow'] }, (row, { server, fresh }) =>
    isNotTheEnd(row, { server, fresh }),
  )
})
