// Takes over ten seconds: servers that are stopped and started, and requests that wait for their
// deadline.

import pg from 'pg'
import { describe, expect, inject } from 'vitest'
import { test } from '../support/own-server-test.ts'
import { ada, grace } from '../support/people.ts'
import { type Answer, startService } from '../support/service.ts'

const unavailable = { status: 503, body: { type: '/problems/database-unavailable' } }
const outcomeUnknown = { status: 504, body: { type: '/problems/outcome-unknown' } }

/** What could be told of the database or of a person, in bodies and in the log. */
const secrets = /postgres|select |insert |update |example\.com|lovelace|hopper/i

async function timed(answer: Promise<Answer>) {
  const start = performance.now()
  return { ...(await answer), seconds: (performance.now() - start) / 1_000 }
}

async function waitingForUsers(client: pg.Client): Promise<number> {
  const sql = "select 1 from pg_locks where relation = 'users'::regclass and not granted"
  return (await client.query(sql)).rows.length
}

describe('with PostgreSQL stopped', () => {
  test('answers 503 until it is back, and then as before', async ({ server, service }) => {
    await service.request('POST', '/users', ada)
    await server.stop()

    const answers = await Promise.all([
      timed(service.request('GET', '/users')),
      timed(service.request('GET', '/users/1')),
      timed(service.request('POST', '/users', grace)),
      timed(service.request('PATCH', '/users/1', { name: grace.name })),
      timed(service.request('DELETE', '/users/1')),
      timed(service.request('GET', '/readyz')),
    ])

    for (const answer of answers) {
      expect(answer).toMatchObject(unavailable)
      expect(answer.headers.get('Retry-After')).toBe('2')
      expect(answer.seconds).toBeLessThan(10)
      expect(answer.text).not.toMatch(secrets)
    }
    expect(await service.request('GET', '/livez')).toMatchObject({ status: 200 })
    expect(await service.request('POST', '/users', {})).toMatchObject({ status: 422 })

    await server.start()
    expect(await service.request('GET', '/users/1')).toMatchObject({ status: 200, body: ada })
    await service.request('DELETE', '/users/1')
  })
})

describe('with PostgreSQL frozen', () => {
  test('answers within ten seconds, 503 to reads and 504 to writes in flight', {
    tags: ['slow'],
  }, async ({ server, service }) => {
    await service.request('POST', '/users', ada)
    const locker = new pg.Client({ connectionString: server.databaseUrl })
    locker.on('error', () => {})
    await locker.connect()
    await locker.query('begin; lock table users')
    // Held up until each has a connection, which the endpoint then keeps: one of a frozen server's for each below.
    const warmUp = Array.from({ length: 8 }, () => service.request('GET', '/users'))
    await expect.poll(() => waitingForUsers(locker), { timeout: 3_000 }).toBe(8)
    await locker.query('rollback')
    await Promise.all(warmUp)
    await locker.query('begin; lock table users')
    const inFlight = timed(service.request('POST', '/users', grace))
    await expect.poll(() => waitingForUsers(locker), { timeout: 3_000 }).toBe(1)
    await server.freeze()

    const writes = [
      timed(service.request('POST', '/users', { ...ada, email: 'late@example.com' })),
      timed(service.request('DELETE', '/users/4711')),
    ]
    const reads = [
      timed(service.request('GET', '/users')),
      timed(service.request('GET', '/users/1')),
      timed(service.request('GET', '/readyz')),
    ]
    const others = await Promise.all([
      timed(service.request('GET', '/livez')),
      timed(service.request('GET', '/nowhere')),
      timed(service.request('GET', '/users/zero')),
    ])
    const late = await timed(inFlight)
    const lateReads = await Promise.all(reads)
    const lateWrites = await Promise.all(writes)
    const shed = await Promise.all(
      Array.from({ length: 4 }, () => timed(service.request('GET', '/users'))),
    )
    server.thaw()
    await locker.end()

    expect(others.map(({ status }) => status)).toEqual([200, 404, 422])
    expect(Math.max(...others.map(({ seconds }) => seconds))).toBeLessThan(1)
    expect(late).toMatchObject(outcomeUnknown)
    for (const answer of lateWrites) {
      expect([503, 504]).toContain(answer.status)
    }
    for (const answer of [late, ...lateReads, ...lateWrites]) {
      expect(answer.seconds).toBeLessThan(10)
      expect(answer.text).not.toMatch(secrets)
    }
    for (const answer of lateReads) {
      expect(answer).toMatchObject(unavailable)
    }
    // So many deadlines in a row: what comes now fails at once, and piles nothing up. One may find out.
    for (const answer of shed) {
      expect(answer).toMatchObject(unavailable)
    }
    expect(shed.filter(({ seconds }) => seconds < 1).length).toBeGreaterThanOrEqual(3)
    await expect
      .poll(async () => (await service.request('GET', '/users')).status, { timeout: 15_000 })
      .toBe(200)
  })
})

describe('with a wrong DATABASE_URL', () => {
  const wrong = (url: string, change: Partial<URL>) => Object.assign(new URL(url), change).href

  test.for([
    ['password', { password: 'wrong' }],
    ['user', { username: 'nobody_here' }],
    ['database', { pathname: '/nothing_here' }],
  ] as const)('answers 503 for the %s', async ([, change], { server }) => {
    const service = await startService(inject('workerDir'), {
      DATABASE_URL: wrong(server.workerUrl, change),
      NEON_ENDPOINT: server.endpointUrl,
    })

    const answers = [
      await service.request('GET', '/users'),
      await service.request('POST', '/users', ada),
    ]
    const logs = service.logs().join('\n')
    await service.close()

    for (const answer of answers) {
      expect(answer).toMatchObject(unavailable)
      expect(answer.headers.get('Retry-After')).toBe('2')
    }
    expect(`${answers.map(({ text }) => text)} ${logs}`).not.toMatch(
      /wrong|nobody_here|nothing_here/,
    )
  })

  test('answers 503 for a host that does not exist', async () => {
    const service = await startService(inject('workerDir'), {
      DATABASE_URL: 'postgresql://user:password@db.nowhere.invalid/users',
    })

    const answer = await service.request('GET', '/users')
    const logs = service.logs().join('\n')
    await service.close()

    expect(answer).toMatchObject(unavailable)
    expect(`${answer.text} ${logs}`).not.toMatch(/nowhere|password/)
  })
})

describe('with a statement that fails', () => {
  test('answers 500 and tells the log, not the client, why', async ({ server, service }) => {
    const client = new pg.Client({ connectionString: server.databaseUrl })
    await client.connect()
    await client.query('alter table users rename to people')

    const answers = [
      await service.request('GET', '/users'),
      await service.request('POST', '/users', ada),
      await service.request('PATCH', '/users/1', ada),
    ]
    await client.query('alter table people rename to users')
    await client.end()

    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 500, body: { type: '/problems/internal-error' } })
      expect(answer.text).not.toMatch(secrets)
      expect(service.logs().map((line) => JSON.parse(line))).toContainEqual(
        expect.objectContaining({
          requestId: Object(answer.body).instance,
          status: 500,
          sqlState: '42P01',
        }),
      )
    }
  })
})

describe('the log', () => {
  test('holds neither a connection string nor SQL nor a person', async ({ service }) => {
    // The faults above have all been logged by this Worker.
    const logs = service.logs()

    expect(logs.length).toBeGreaterThan(10)
    expect(logs.join('\n').replaceAll('database-unavailable', '')).not.toMatch(secrets)
  })
})
