// Takes over ten seconds: every operation meets every fault, and waits for its repetitions.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from 'neon-local'
import pg from 'pg'
import { afterAll, describe, expect } from 'vitest'
import {
  type Cell,
  isSearch,
  operationNames,
  prepareCells,
  searchesAtOnce,
  statementNames,
} from '../support/fault-cells.ts'
import { type OwnServer, startOwnServer } from '../support/own-server.ts'
import { testOn } from '../support/own-server-test.ts'
import type { Service } from '../support/service.ts'

afterAll(() => console.log(`${cellCount} cells of the fault matrix.`))

let cellCount = 0

/** So that a busy machine does not look like a database that hangs. */
const clock = 0.4
const test = testOn(startOwnServer, clock)

/** The five seconds of the Worker, and what a busy machine adds to them. */
const deadline = 5 / clock + 5

/** Of the Worker, for one statement. */
const maxAttempts = 3

/** What could be told of the database. */
const secrets = /neon|compute|plane|quota|<h1>|postgres|terminat|57P|statement|select/i

type Expected = {
  read: 200 | 503
  /** Of a write without an idempotency key. */
  write: 200 | 503 | 504
  keyed?: 200 | 503 | 504
  /** Whether the statement of a write takes effect although nobody hears of it. */
  takesEffect?: boolean
  /** How often reads and keyed writes ask. */
  attempts?: number
  /** The last of the attempts of a write, when its outcome is unknown. */
  unknownAt?: number
}

/** `201`, `204` and `302` are as good as `200`. */
const plain = ({ status }: Cell) => (status < 400 ? 200 : status)

function expectCells(cells: readonly Cell[], expected: Expected): void {
  const { read, write, keyed = write, takesEffect = false, attempts, unknownAt = 1 } = expected
  // Five failures that took a second open the breaker, and then none is repeated.
  const isQuick = cells.every(({ seconds }) => seconds * clock < 1)
  const statuses = { read: [read], write: [write], keyed: [keyed], ready: [200, 503], still: [200] }

  for (const cell of cells) {
    const what = `${cell.name} ${JSON.stringify(expected)}`
    expect(statuses[cell.kind], what).toContain(plain(cell))
    expect(cell.seconds, what).toBeLessThan(cell.kind === 'still' ? 3 : deadline)
    if (cell.kind === 'write' || cell.kind === 'keyed') {
      const isDone = plain(cell) === 200 || (cell.status === 504 && takesEffect)
      expect(cell.effect, what).toBe(isDone ? 'once' : 'none')
    } else {
      expect(cell.effect, what).not.toBe('broken')
    }
    if (cell.status > 500) {
      expect(cell.text, what).not.toMatch(secrets)
    }
    if (cell.status === 503) {
      expect(cell.headers.get('Retry-After'), what).toBe('2')
    }
    if (attempts && (cell.kind === 'read' || cell.kind === 'keyed')) {
      expectAttempts(cell, attempts, isQuick)
    }
    if (cell.kind === 'write' && cell.status === 504) {
      expectAttempts(cell, unknownAt, isQuick)
    }
  }
  cellCount += cells.length
}

/**
 * As many as that, or fewer on a machine that is busy. Where it asks again at all, an attempt more may have
 * met a session that had just been ended.
 */
function expectAttempts({ name, attempts }: Cell, expected: number, isQuick: boolean): void {
  expect(attempts, name).toBeLessThanOrEqual(expected === 1 ? 1 : maxAttempts)
  if (isQuick) {
    expect(attempts, name).toBeGreaterThanOrEqual(expected)
  }
}

/** What is sent one after the other: each by itself, but searches in as many lanes as a caller may have. */
function lanesOf(names: readonly string[]): (readonly string[])[] {
  const searches = names.filter(isSearch)
  const lanes = Array.from({ length: searchesAtOnce }, (_, lane) =>
    searches.filter((_name, index) => index % searchesAtOnce === lane),
  )
  return [...lanes, ...names.filter((name) => !isSearch(name)).map((name) => [name])]
}

/** Every operation at once, while `meanwhile` goes wrong and right again. */
async function meet(
  server: OwnServer,
  service: Service,
  { begin, end }: { begin(): unknown; end(): unknown },
  names: readonly string[] = operationNames,
): Promise<Cell[]> {
  // The breaker may still rest from a fault before.
  await expect.poll(async () => (await service.request('GET', '/users')).status).toBeLessThan(500)
  const cells = await prepareCells(service, server.databaseUrl, names)
  await begin()
  const sendAll = async (lane: readonly string[]) => {
    for (const name of lane) {
      await cells.send(name)
    }
  }
  await Promise.all(lanesOf(names).map(sendAll))
  await end()
  return cells.settle()
}

/** A client of the owner, which outlives nothing. */
async function connect({ databaseUrl }: OwnServer): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: databaseUrl })
  client.on('error', () => {})
  await client.connect()
  return client
}

const endSessions = `select pg_terminate_backend(pid) from pg_stat_activity
  where usename = 'worker_of_the_tests'`

/** Waits until they are gone: one that still ends would take the next statement with it. */
const endIdleSessions = endSessions.replace('(pid)', '(pid, 10000)')

/** Until so many statements are held up, which is all those of the operations. */
async function waitForLocks(owner: pg.Client, count: number): Promise<void> {
  // Unlike pg_stat_activity, this view changes within a transaction.
  const waiting = 'select from pg_locks where not granted'
  while ((await owner.query(waiting)).rows.length < count) {
    await sleep(20)
  }
}

/** As many statements at once as the endpoint surely has sessions for. */
const statementsAtOnce = 16

/** Every operation, in as many turns as that takes, each of about as many: few would shed no load. */
const searches = statementNames.filter(isSearch)
const turnCount = Math.ceil(
  Math.max(statementNames.length / statementsAtOnce, searches.length / searchesAtOnce),
)
const turns = Array.from({ length: turnCount }, (_, turn) => {
  const statements = [...searches, ...statementNames.filter((name) => !isSearch(name))].filter(
    (_name, index) => index % turnCount === turn,
  )
  const others = operationNames.filter((name) => !statementNames.includes(name))
  return { statements, names: turn === 0 ? [...statements, ...others] : statements }
})

/** For the owner, until the transaction ends. */
async function lockAllTables(owner: pg.Client): Promise<void> {
  await owner.query('begin')
  await owner.query(`do $$ begin
    execute (select 'lock table ' || string_agg(oid::regclass::text, ', ')
             from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r');
  end $$`)
}

describe('every route, with a fault of every request to the database', () => {
  const faults: readonly [Fault, Expected][] = [
    ['reset-before', { read: 503, write: 504, attempts: 3 }],
    ['html', { read: 503, write: 504, attempts: 3 }],
    ['truncated-json', { read: 503, write: 504, takesEffect: true, attempts: 3 }],
    ['connection-closed', { read: 503, write: 504, attempts: 3 }],
    ['unavailable', { read: 503, write: 504, attempts: 3 }],
    ['rate-limit', { read: 503, write: 503, attempts: 1 }],
    ['control-plane-retryable', { read: 503, write: 503, attempts: 3 }],
    ['compute-unreachable', { read: 503, write: 503, attempts: 3 }],
    ['wake-up=1000', { read: 200, write: 200, attempts: 1 }],
    ['response-too-large', { read: 503, write: 504, attempts: 1 }],
    ['quota', { read: 503, write: 503, attempts: 1 }],
    ['control-plane', { read: 503, write: 503, attempts: 3 }],
    ['latency=300', { read: 200, write: 200, attempts: 1 }],
  ]
  const worst: readonly [Fault, Expected][] = [
    ['reset-after', { read: 503, write: 504, takesEffect: true, attempts: 3 }],
  ]

  async function tryFault(
    [fault, expected]: [Fault, Expected],
    { server, service }: { server: OwnServer; service: Service },
  ): Promise<void> {
    const cells = await meet(server, service, {
      begin: () => server.spoil(fault),
      end: () => server.spoil(undefined),
    })

    expectCells(cells, expected)
    expect(await service.request('GET', '/users?limit=1')).toMatchObject({ status: 200 })
  }

  test.for(worst)('%s: %j', (row, { server, service }) => tryFault(row, { server, service }))

  test.for(faults)('%s: %j', { tags: ['slow'] }, (row, { server, service }) =>
    tryFault(row, { server, service }),
  )

  test('latency beyond the deadline: 503 or 504, then at once, then as before', {
    tags: ['slow'],
  }, async ({ server, service }) => {
    for (const { names } of turns) {
      const faults = { begin: () => server.spoil('latency=60000'), end: () => {} }
      const cells = await meet(server, service, faults, names)
      const shed = await Promise.all(
        Array.from({ length: 50 }, async () => {
          const start = performance.now()
          const { status } = await service.request('GET', '/users')
          return { status, isSlow: performance.now() - start > 4_000 / clock }
        }),
      )
      server.spoil(undefined)

      expectCells(cells, { read: 503, write: 504, takesEffect: true, attempts: 1 })
      expect(shed.map(({ status }) => status)).toEqual(Array(50).fill(503))
      // The one that finds out whether the database is back, if its time has come.
      expect(shed.filter(({ isSlow }) => isSlow).length).toBeLessThanOrEqual(1)
      await expect.poll(async () => (await service.request('GET', '/users')).status).toBe(200)
    }
  })
})

describe('every route, with PostgreSQL', () => {
  test('stopped: 503', { tags: ['slow'] }, async ({ server, service }) => {
    const cells = await meet(server, service, {
      begin: () => server.stop(),
      end: () => server.start(),
    })

    expectCells(cells, { read: 503, write: 503, attempts: 3 })
    expect(await service.request('GET', '/users?limit=1')).toMatchObject({ status: 200 })
  })

  test('restarted between two requests: as if nothing had been', { tags: ['slow'] }, async ({
    server,
    service,
  }) => {
    const cells = await meet(server, service, {
      begin: async () => {
        await server.stop()
        await server.start()
      },
      end: () => {},
    })

    expectCells(cells, { read: 200, write: 200 })
  })

  test('on its way down, refusing logins (57P03): 503', { tags: ['slow'] }, async ({
    server,
    service,
  }) => {
    const last = await connect(server)
    const cells = await meet(server, service, {
      begin: async () => {
        // It waits for the last session, and lets in no other.
        process.kill(server.pid(), 'SIGTERM')
        await last.query(endIdleSessions)
      },
      end: async () => {
        await last.end()
        await server.stop()
        await server.start()
      },
    })

    expectCells(cells, { read: 503, write: 503, attempts: 3 })
  })

  test('out of connections (53300): 503', { tags: ['slow'] }, async ({ server, service }) => {
    const owner = await connect(server)
    const cells = await meet(server, service, {
      begin: async () => {
        await owner.query('alter role worker_of_the_tests connection limit 0')
        await owner.query(endIdleSessions)
      },
      end: () => owner.query('alter role worker_of_the_tests connection limit -1'),
    })
    await owner.end()

    expectCells(cells, { read: 503, write: 503, attempts: 3 })
  })

  test('read-only (25006): 200 to reads, 503 to writes', async ({ server, service }) => {
    const owner = await connect(server)
    const cells = await meet(server, service, {
      begin: async () => {
        await owner.query('alter role worker_of_the_tests set default_transaction_read_only = on')
        await owner.query(endIdleSessions)
      },
      end: async () => {
        await owner.query('alter role worker_of_the_tests reset default_transaction_read_only')
        await owner.query(endIdleSessions)
      },
    })
    await owner.end()

    expectCells(cells, { read: 200, write: 503, attempts: 1 })
  })

  test('behind a lock for long: 503 within the statement_timeout, and nothing written', {
    tags: ['slow'],
  }, async ({ server, service }) => {
    const owner = await connect(server)
    const cells = await meet(server, service, {
      begin: () => lockAllTables(owner),
      end: () => owner.query('rollback'),
    })
    await owner.end()

    expectCells(cells, { read: 503, write: 503, attempts: 1 })
  })

  test('ending the sessions of statements that run: reads go on, writes are unknown', async ({
    server,
    service,
  }) => {
    for (const { statements, names } of turns) {
      const owner = await connect(server)
      const hangUp = async () => {
        await lockAllTables(owner)
        void waitForLocks(owner, statements.length)
          .then(() => owner.query(endSessions))
          .then(() => owner.query('rollback'))
      }
      const cells = await meet(server, service, { begin: hangUp, end: () => owner.end() }, names)

      expectCells(cells, { read: 200, write: 504, keyed: 200, attempts: 2 })
    }
  })
})

/** One of each kind of statement: a read of one row and a search are lists, a PATCH is a PUT. */
const single = statementNames.filter((name) => !/^PATCH|\?| as HEAD$|^GET .*\}$/.test(name))

describe('with a fault of the first attempt alone', () => {
  const faults: readonly [Fault, Expected][] = [
    ['reset-before', { read: 200, write: 504, keyed: 200 }],
    ['html', { read: 200, write: 504, keyed: 200 }],
    ['truncated-json', { read: 200, write: 504, keyed: 200, takesEffect: true }],
    ['connection-closed', { read: 200, write: 504, keyed: 200 }],
    ['unavailable', { read: 200, write: 504, keyed: 200 }],
    ['rate-limit', { read: 503, write: 503 }],
    ['control-plane-retryable', { read: 200, write: 200 }],
    ['compute-unreachable', { read: 200, write: 200 }],
    ['response-too-large', { read: 503, write: 504 }],
    ['control-plane', { read: 200, write: 200 }],
  ]
  const oneOfEachKind: readonly [Fault, Expected][] = [
    ['reset-after', { read: 200, write: 504, keyed: 200, takesEffect: true }],
    ['quota', { read: 503, write: 503 }],
  ]

  async function tryFault(
    [fault, expected]: [Fault, Expected],
    { server, service }: { server: OwnServer; service: Service },
  ): Promise<void> {
    const cells = await prepareCells(service, server.databaseUrl, single)

    for (const name of single) {
      server.spoilNext(fault)
      await cells.send(name)
    }

    expectCells(await cells.settle(), expected)
  }

  test.for(oneOfEachKind)('%s: %j', (row, { server, service }) =>
    tryFault(row, { server, service }),
  )

  test.for(faults)('%s: %j', { tags: ['slow'] }, (row, { server, service }) =>
    tryFault(row, { server, service }),
  )

  test.for<[string, Fault[], Expected]>([
    [
      'a write goes on as long as it surely did not run',
      ['compute-unreachable', 'control-plane'],
      { read: 200, write: 200 },
    ],
    [
      'and no further',
      ['compute-unreachable', 'reset-before'],
      { read: 200, write: 504, keyed: 200, unknownAt: 2 },
    ],
    [
      'what one attempt leaves unknown stays unknown',
      ['truncated-json', 'quota'],
      { read: 503, write: 504, keyed: 504, takesEffect: true },
    ],
  ])('%s: %j', async ([, faults, expected], { server, service }) => {
    const cells = await prepareCells(service, server.databaseUrl, single)

    for (const name of single) {
      server.spoilNext(...faults)
      await cells.send(name)
      // A write that was answered at once has left the second.
      server.spoilNext()
    }

    expectCells(await cells.settle(), expected)
  })
})
