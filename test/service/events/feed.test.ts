// Takes over ten seconds: it breaks a PostgreSQL of its own, and starts another cluster.

import { cp, rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { describe, expect, inject } from 'vitest'
import { createClient } from '../../../src/client.ts'
import { type OwnServer, startOwnServer } from '../../support/own-server.ts'
import { testOn } from '../../support/own-server-test.ts'
import { links } from '../../support/pages.ts'
import { type Answer, type Service, startService } from '../../support/service.ts'

const test = testOn(startOwnServer)

type Parts = { server: OwnServer; service: Service }

type Event = { id: string; kind: string; userId: number; version: number; at: string }

const eventsIn = ({ body }: Answer) => body as Event[]

const cursorIn = (answer: Answer) =>
  new URL(links(answer).get('next') ?? '').searchParams.get('cursor') ?? ''

const read = (service: Service, cursor?: string, limit = 100) =>
  service.request('GET', `/events?limit=${limit}${cursor ? `&cursor=${cursor}` : ''}`)

const person = (name: string) => ({ name, email: `${name.replaceAll(' ', '.')}@example.com` })

async function connect({ databaseUrl }: OwnServer): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: databaseUrl })
  client.on('error', () => {})
  await client.connect()
  return client
}

/** Reads on from a cursor to the end of the feed. */
async function readRest(service: Service, cursor: string) {
  const events: Event[] = []
  for (;;) {
    const answer = await read(service, cursor)
    expect(answer.status).toBe(200)
    cursor = cursorIn(answer)
    if (eventsIn(answer).length === 0) {
      return { events, cursor }
    }
    events.push(...eventsIn(answer))
  }
}

const byId = (one: unknown, other: unknown) => Object(one).id - Object(other).id

const inOrder = 'select id from user_events order by transaction_id, sequence'

describe('a reader of the feed', () => {
  /** The server is killed after a third of the time. */
  async function followFor(milliseconds: number, writers: number, { server, service }: Parts) {
    const end = Date.now() + milliseconds
    const told: string[] = []
    const users = new Map<number, unknown>()

    /** Takes each user that the feed names as it now is. */
    async function follow(events: readonly Event[]) {
      told.push(...events.map(({ id }) => id))
      for (const userId of new Set(events.map((event) => event.userId))) {
        const { status, body } = await service.request('GET', `/users/${userId}`)
        if (status === 404) {
          users.delete(userId)
        } else {
          users.set(userId, body)
        }
      }
    }

    /** On users of its own, whatever becomes of its requests. */
    async function write(writer: number) {
      for (let turn = 0; Date.now() < end; turn += 1) {
        const { status, body } = await service.request(
          'POST',
          '/users',
          person(`W ${end} ${writer} ${turn}`),
        )
        if (status !== 201) {
          continue
        }
        const path = `/users/${Object(body).id}`
        await service.request('PATCH', path, { name: 'Changed' })
        if (turn % 2 === 0) {
          await service.request('DELETE', path)
          await service.request('POST', `${path}/restore`)
        }
        if (turn % 3 === 0) {
          await service.request('DELETE', turn % 2 ? path : `${path}?erase=true`)
        }
      }
    }

    /** A transaction that takes its id early, and commits late. */
    async function writeSlowly(writer: number) {
      while (Date.now() < end) {
        const client = await connect(server).catch(() => undefined)
        try {
          await client?.query(`begin; insert into user_events (kind, user_id, version, caller, fields)
            values ('create', ${1_000_000 + writer}, 1, 'slow', '{}')`)
          await sleep(50 + Math.random() * 300)
          await client?.query('commit')
          await client?.end()
        } catch {
          // The server was killed.
        }
      }
    }

    let cursor = ''
    const pages: Event[][] = []
    async function readOn() {
      // As many as there are: only a reader that has caught up could miss what commits late.
      const answer = await read(service, cursor)
      if (answer.status !== 200) {
        await sleep(100)
        return
      }
      // Only now is the page taken: a reader that dies before keeps the cursor that it had.
      pages.push(eventsIn(answer))
      cursor = cursorIn(answer)
    }
    async function keepReading() {
      while (Date.now() < end) {
        await readOn()
      }
    }

    const work = [
      ...Array.from({ length: writers }, (_, writer) => write(writer)),
      ...Array.from({ length: 3 }, (_, writer) => writeSlowly(writer)),
      keepReading(),
    ]
    await sleep(milliseconds / 3)
    await server.kill()
    await server.start()
    await Promise.all(work)
    await expect.poll(async () => (await read(service, cursor)).status).toBe(200)
    const rest = await readRest(service, cursor)
    await follow([...pages.flat(), ...rest.events])

    const owner = await connect(server)
    const { rows } = await owner.query<{ id: string }>(inOrder)
    await owner.end()
    // Far more, but on a machine that is busy with other things.
    expect(told.length).toBeGreaterThan(10)
    expect(told).toEqual(rows.map(({ id }) => id))
    const listed = await Array.fromAsync(createClient(service.url.href).users.list({ limit: 100 }))
    expect([...users.values()].sort(byId)).toEqual(listed)
  }

  test('is given every event once, in whatever order writers commit, across kill -9', ({
    server,
    service,
  }) => followFor(1_500, 8, { server, service }))

  test(
    'is given every event once, the longer it goes on',
    { tags: ['slow'] },
    ({ server, service }) => followFor(4_000, 21, { server, service }),
  )

  test('is told of a restore: a copy of the data folder is put back, and others write on', async ({
    server,
    service,
  }) => {
    await service.request('POST', '/users', person('Before'))
    await server.stop()
    const copy = `${server.dataDir}.copy`
    await cp(server.dataDir, copy, { recursive: true, preserveTimestamps: true })
    await server.start()
    await service.request('POST', '/users', person('Lost'))
    await service.request('POST', '/users', person('Lost too'))
    const { cursor } = await readRest(service, cursorIn(await read(service)))

    await server.stop()
    await rm(server.dataDir, { recursive: true })
    await cp(copy, server.dataDir, { recursive: true, preserveTimestamps: true })
    await server.start()
    const isGone = async () => (await read(service, cursor)).status
    await expect.poll(isGone).toBe(410)
    for (let turn = 0; turn < 8; turn += 1) {
      await service.request('POST', '/users', person(`After ${turn}`))
    }

    expect(await isGone()).toBe(410)
    const exported = await service.request('GET', '/users/export')
    const fromExport = exported.headers.get('Feed-Cursor') ?? ''
    await service.request('POST', '/users', person('Last'))
    expect((await readRest(service, fromExport)).events).toHaveLength(1)
  })

  test('is told of a restore: a dump is put into another cluster', async ({ server, service }) => {
    const last = await service.request('POST', '/users', person('Dumped'))
    const { cursor } = await readRest(service, cursorIn(await read(service)))
    await using elsewhere = await startElsewhere(server)
    const { service: other, owner } = elsewhere
    // The ids of its transactions are yet to reach those of the dump.
    const ahead =
      'select from user_events where transaction_id >= pg_snapshot_xmax(pg_current_snapshot())'
    await owner.query(`update user_events set transaction_id =
      (transaction_id::text::bigint + 1000000000)::text::xid8`)
    expect((await owner.query(ahead)).rowCount).toBeGreaterThan(0)

    expect(await read(other, cursor)).toMatchObject({ status: 410 })
    expect((await owner.query(ahead)).rowCount).toBe(0)
    const exported = await other.request('GET', '/users/export')
    expect(exported.text).toContain(last.text)
    const fresh = await other.request('POST', '/users', person('Fresh'))
    const next = await readRest(other, exported.headers.get('Feed-Cursor') ?? '')
    expect(next.events).toMatchObject([{ kind: 'create', userId: Object(fresh.body).id }])
    expect(await read(other, cursor)).toMatchObject({ status: 410 })

    // What was before the dump is still told, before everything else.
    const { events } = await readRest(other, cursorIn(await read(other, undefined, 1)))
    const { rows } = await owner.query<{ id: string }>(inOrder)
    expect(events.map(({ id }) => id)).toEqual(rows.slice(1).map(({ id }) => id))
    expect(events.at(-1)?.id).toBe(next.events[0]?.id)
  })
})

/** Another cluster with a copy of the rows, as a dump that was restored has it. */
async function startElsewhere(server: OwnServer) {
  const stack = new AsyncDisposableStack()
  const other = await startOwnServer({ isNew: true })
  stack.defer(() => other.close())
  const [from, owner] = [await connect(server), await connect(other)]
  stack.defer(() => owner.end())
  for (const table of ['users', 'user_events']) {
    const { rows } = await from.query(`select json_agg(_) as rows from ${table} as _`)
    await owner.query(
      `insert into ${table} overriding system value
       select * from json_populate_recordset(null::${table}, $1)`,
      [JSON.stringify(rows[0].rows)],
    )
    await owner.query(`select setval(pg_get_serial_sequence('${table}', column_name), 1000000)
      from information_schema.columns where table_name = '${table}' and is_identity = 'YES'`)
  }
  await from.end()
  const service = await startService(inject('workerDir'), {
    DATABASE_URL: other.workerUrl,
    NEON_ENDPOINT: other.endpointUrl,
  })
  stack.defer(() => service.close())
  return { service, owner, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}
