import { describe, expect } from 'vitest'
import { startEndpoint } from '../src/endpoint.ts'
import { createFaults, type Fault, requestedFault } from '../src/faults.ts'
import { test as base, problem, sender } from './support/neon-endpoint.ts'

const test = base
  .extend('faulty', { scope: 'file' }, async ({ postgresUrl }, { onCleanup }) => {
    const endpoint = await startEndpoint({ postgresUrl, faults: requestedFault })
    onCleanup(() => endpoint.close())
    return endpoint
  })
  .extend('faults', { scope: 'file' }, () => createFaults())
  /** Of a request to an endpoint that has the faults. */
  .extend('status', { scope: 'file' }, async ({ postgresUrl, database, faults }, { onCleanup }) => {
    const endpoint = await startEndpoint({ postgresUrl, faults })
    onCleanup(() => endpoint.close())
    const send = sender(endpoint.url, database.url)
    return async () => (await send({ query: 'select 1' })).status
  })
  .extend('table', async ({ database }) => {
    await database.pool.query('drop table if exists fault; create table fault (id int)')
    return {
      insert: { query: 'insert into fault values (1)' },
      count: async () => (await database.pool.query('select from fault')).rowCount,
    }
  })

const asking = (fault: Fault | string) => ({ 'Neon-Local-Fault': fault })

describe('a fault on request', () => {
  test.for([
    ['connection-closed', 400, 'connection closed'],
    ['quota', 402, expect.stringMatching(/exceeded the compute time quota/)],
    ['rate-limit', 429, expect.stringMatching(/Too many connections/)],
    ['control-plane', 500, 'Control plane request failed'],
    ['compute-unreachable', 500, "Couldn't connect to compute node"],
    ['unavailable', 503, 'Control plane request failed'],
    ['response-too-large', 507, expect.stringMatching(/^response is too large/)],
  ] as const)(
    '%s answers %i with the body of Neon, and runs nothing',
    async ([fault, status, message], { faulty, database, table }) => {
      const reply = await sender(faulty.url, database.url)(table.insert, asking(fault))

      expect(reply).toMatchObject({ status, body: problem(message) })
      expect(await table.count()).toBe(0)
    },
  )

  test('control-plane-retryable has the key that hosted Neon adds', async ({
    faulty,
    database,
  }) => {
    const send = sender(faulty.url, database.url)

    const reply = await send({ query: 'select 1' }, asking('control-plane-retryable'))

    expect(reply.body).toEqual({
      ...problem('Control plane request failed'),
      'neon:retryable': true,
    })
  })

  test('html answers with a page of a proxy, and runs nothing', async ({
    faulty,
    database,
    table,
  }) => {
    const response = await fetch(faulty.url, {
      method: 'POST',
      headers: { 'Neon-Connection-String': database.url, ...asking('html') },
      body: JSON.stringify(table.insert),
    })

    expect(response.status).toBe(502)
    expect(response.headers.get('Content-Type')).toBe('text/html')
    expect(await table.count()).toBe(0)
  })

  test('truncated-json runs the statement and gives half of the answer', async ({
    faulty,
    database,
    table,
  }) => {
    const reply = sender(faulty.url, database.url)(table.insert, asking('truncated-json'))

    await expect(reply).rejects.toThrow(SyntaxError)
    expect(await table.count()).toBe(1)
  })

  test.for([
    ['reset-before', 0],
    ['reset-after', 1],
  ] as const)(
    '%s hangs up and leaves %i rows',
    async ([fault, rows], { faulty, database, table }) => {
      const reply = sender(faulty.url, database.url)(table.insert, asking(fault))

      await expect(reply).rejects.toThrow('fetch failed')
      expect(await table.count()).toBe(rows)
    },
  )

  test.for([
    ['latency=300', 1],
    ['wake-up=300', 0],
  ] as const)(
    '%s is slow, and leaves %i rows half-way',
    async ([fault, rows], { faulty, database, table }) => {
      const start = performance.now()
      const reply = sender(faulty.url, database.url)(table.insert, asking(fault))
      await new Promise((resolve) => setTimeout(resolve, 150))

      expect(await table.count()).toBe(rows)
      expect(await reply).toMatchObject({ status: 200 })
      expect(performance.now() - start).toBeGreaterThan(295)
      expect(await table.count()).toBe(1)
    },
  )

  test('spoils a whole client by the route, which a header overrides', async ({
    faulty,
    database,
  }) => {
    const send = sender(`${faulty.url}?fault=quota`, database.url)

    expect(await send({ query: 'select 1' })).toMatchObject({ status: 402 })
    expect(await send({ query: 'select 1' }, asking('latency=1'))).toMatchObject({ status: 200 })
  })

  test('can be chosen by the test itself', async ({ postgresUrl, database }) => {
    const faults: Fault[] = ['rate-limit', 'control-plane']
    const endpoint = await startEndpoint({ postgresUrl, faults: () => faults.shift() })
    const send = sender(endpoint.url, database.url)

    const replies = [
      await send({ query: 'select 1' }),
      await send({ query: 'select 1' }),
      await send({ query: 'select 1' }),
    ]
    await endpoint.close()

    expect(replies.map(({ status }) => status)).toEqual([429, 500, 200])
  })

  test('login-refused answers as for a wrong password, and runs nothing', async ({
    faulty,
    database,
    table,
  }) => {
    const reply = await sender(faulty.url, database.url)(table.insert, asking('login-refused'))

    const user = new URL(database.url).username
    expect(reply).toMatchObject({
      status: 400,
      body: problem(`password authentication failed for user '${user}'`),
    })
    expect(await table.count()).toBe(0)
  })

  test('that does not exist is refused by its name', async ({ faulty, database }) => {
    for (const fault of ['nonsense', 'latency', 'latency=', 'latency=-1', 'latency=MS', '']) {
      const reply = await sender(faulty.url, database.url)({ query: 'select 1' }, asking(fault))
      expect(reply).toMatchObject({
        status: 400,
        body: problem(
          expect.stringMatching(/^there is no fault of this name; there are latency=MS/),
        ),
      })
    }
  })

  test('is off unless the endpoint was started with it', async ({ endpoint, database }) => {
    const send = sender(`${endpoint.url}?fault=quota`, database.url)

    expect(await send({ query: 'select 1' }, asking('reset-before'))).toMatchObject({ status: 200 })
  })

  test('cannot be switched on from a query', async ({ faulty, database }) => {
    const send = sender(faulty.url, database.url)

    const reply = await send({
      query: `select $1 as "Neon-Local-Fault" -- Neon-Local-Fault: quota`,
      params: ['quota'],
      fault: 'quota',
    })

    expect(reply).toMatchObject({ status: 200, body: { rows: [{ 'Neon-Local-Fault': 'quota' }] } })
  })
})

describe('the faults of a test', () => {
  test('meet the next requests, one after the other', async ({ faults, status }) => {
    faults.next('quota')
    faults.next('rate-limit', 'unavailable')

    expect([await status(), await status(), await status(), await status()]).toEqual([
      402, 429, 503, 200,
    ])
  })

  test('meet every request until they are cleared', async ({ faults, status }) => {
    faults.always('quota')
    faults.next('rate-limit')
    const before = [await status(), await status(), await status()]
    faults.next('rate-limit')

    faults.clear()

    expect(before).toEqual([429, 402, 402])
    expect(await status()).toBe(200)
  })

  test('are refused by name when there are none such', async ({ faults, status }) => {
    const wrong: string = 'reset-sometimes'

    expect(() => faults.next('quota', wrong as Fault)).toThrow(
      /^reset-sometimes: there is no fault of this name; there are latency=MS/,
    )
    expect(() => faults.always(wrong as Fault)).toThrow(TypeError)
    expect(await status()).toBe(200)
  })
})
