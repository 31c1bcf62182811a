import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from 'neon-local'
import pg from 'pg'
import { test as base, describe, expect, inject } from 'vitest'
import { type OwnServer, startOwnServer } from './own-server.ts'
import { residentMiB } from './processes.ts'
import { type Service, startService } from './service.ts'

const clients = 24

/** The deadline of the service, and what a busy machine adds: later is as good as never. */
const patienceMs = 15_000

const test = base
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('server', async ({}, { onCleanup }) => {
    const server = await startOwnServer()
    onCleanup(() => server.close())
    return server
  })
  .extend('service', async ({ server }, { onCleanup }) => {
    const service = await startService(inject('workerDir'), {
      DATABASE_URL: server.workerUrl,
      NEON_ENDPOINT: server.endpointUrl,
    })
    onCleanup(() => service.close())
    return service
  })

const random = (count: number) => Math.floor(Math.random() * count)
const oneOf = <Value>(values: readonly [Value, ...Value[]]): Value =>
  values[random(values.length)] ?? values[0]

/** Several, because an unknown outcome leaves two. Undefined is a user who is not there. */
type State = { name: string; version: number } | undefined
type Users = Map<string, { id?: number; states: State[] }>

const spoiling: readonly [Fault, ...Fault[]] = [
  'reset-before',
  'reset-after',
  'html',
  'truncated-json',
  'connection-closed',
  'unavailable',
  'quota',
  'compute-unreachable',
  'latency=6000',
  'wake-up=1000',
  'latency=200',
]

/** Faults that come and go, until `end`. */
async function disturb(server: OwnServer, end: number, count: (what: string) => void) {
  const owner = new pg.Pool({ connectionString: server.databaseUrl, max: 2 })
  owner.on('error', () => {})
  const disturbances = {
    async spoil() {
      const fault = oneOf(spoiling)
      count(fault)
      server.spoil(fault)
      await sleep(200 + random(1_000))
      server.spoil(undefined)
    },
    async restart() {
      await server.stop()
      await sleep(random(1_000))
      await server.start()
    },
    async freeze() {
      await server.freeze()
      await sleep(random(3_000))
      server.thaw()
    },
    async terminate() {
      await owner.query(`select pg_terminate_backend(pid) from pg_stat_activity
        where usename = 'worker_of_the_tests'`)
    },
    async lock() {
      const client = await owner.connect()
      await client.query('begin; lock table users')
      await sleep(random(5_000))
      await client.query('rollback')
      client.release()
    },
  }
  const { spoil, ...others } = disturbances
  const rare = Object.entries(others)

  while (Date.now() < end) {
    await sleep(random(2_000))
    const [name, disturbance] = rare[random(rare.length)] ?? []
    if (Math.random() < 0.6 || !disturbance) {
      await spoil()
    } else {
      count(name ?? '')
      await disturbance()
    }
  }
  await owner.end()
}

/** One after the other, on users of its own: so it knows what each of them must be. */
async function useService(
  {
    service,
    end,
    count,
  }: { service: Pick<Service, 'request'>; end: number; count: (what: string) => void },
  client: number,
): Promise<Users> {
  const users: Users = new Map()
  let serial = 0

  const send = async (name: string, ...request: Parameters<Service['request']>) => {
    const patience = new AbortController()
    const answer = await Promise.race([
      service.request(...request),
      sleep(patienceMs, undefined, { signal: patience.signal }),
    ])
    patience.abort()
    count(`${name} ${answer?.status ?? 'hangs'}`)
    return answer
  }
  /** After 200 only the new state, after 503 only the old ones, else either. */
  const learn = (email: string, status: number | undefined, next: State) => {
    const user = users.get(email) ?? { states: [undefined] }
    const isDone = status !== undefined && status < 300
    users.set(email, {
      ...user,
      states: isDone ? [next] : status === 503 ? user.states : [...user.states, next],
    })
  }
  const known = () =>
    [...users].flatMap(([email, { id, states }]) =>
      id !== undefined && states.length === 1 && states[0] ? [{ email, id, ...states[0] }] : [],
    )

  /** Who was deleted for certain. */
  const gone: ReturnType<typeof known> = []

  const create = async (isKeyed: boolean) => {
    serial += 1
    const name = `Name ${serial}`
    const email = `${isKeyed ? 'keyed' : 'plain'}.${serial}.${client}@example.com`
    const headers = isKeyed ? { 'Idempotency-Key': email } : {}
    const kind = isKeyed ? 'create-once' : 'create'
    let answer = await send(kind, 'POST', '/users', { name, email }, headers)
    while (isKeyed && answer?.status !== 201 && Date.now() < end) {
      learn(email, answer?.status, { name, version: 1 })
      answer = await send(kind, 'POST', '/users', { name, email }, headers)
    }
    learn(email, answer?.status, { name, version: 1 })
    const user = users.get(email)
    if (user && answer?.status === 201) {
      user.id = Object(answer.body).id
    }
  }
  const actions: Record<string, () => Promise<unknown>> = {
    create: () => create(false),
    createOnce: () => create(true),
    async change() {
      const user = known()[0]
      if (user) {
        serial += 1
        const name = `Changed ${serial}`
        const { status } = (await send('patch', 'PATCH', `/users/${user.id}`, { name })) ?? {}
        learn(user.email, status, { name, version: user.version + 1 })
      }
    },
    async remove() {
      const user = known()[0]
      if (user) {
        const { status } = (await send('delete', 'DELETE', `/users/${user.id}`)) ?? {}
        learn(user.email, status, undefined)
        if (status === 204) {
          gone.push(user)
        }
      }
    },
    async restore() {
      const user = gone.pop()
      if (user) {
        const { status } = (await send('restore', 'POST', `/users/${user.id}/restore`)) ?? {}
        learn(user.email, status, { name: user.name, version: user.version + 1 })
      }
    },
    async read() {
      const user = known().at(-1)
      if (user) {
        const answer = await send('get', 'GET', `/users/${user.id}`)
        if (answer?.status === 200) {
          // What was acknowledged is what is read.
          expect(answer.body).toMatchObject({ name: user.name, version: user.version })
        } else {
          expect(answer?.status).toBe(503)
        }
      }
    },
    list: () => send('list', 'GET', '/users?limit=20&sort=-id&q=name'),
    probe: () => send('readyz', 'GET', '/readyz'),
  }
  const all = Object.values(actions)
  while (Date.now() < end) {
    await all[random(all.length)]?.()
  }
  return users
}

async function watchMemory(end: number): Promise<number[]> {
  const readings: number[] = []
  while (Date.now() < end) {
    await sleep(1_000)
    readings.push(await residentMiB('workerd'))
  }
  return readings
}

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

/**
 * 24 clients for so many minutes, who count what they were told, while the database fails in every
 * way; then the table is compared with it.
 */
export const soak = (minutes: number) =>
  describe('the service, while the database fails again and again', () => {
    test('loses no write, makes none twice, leaves no request hanging and no memory behind', {
      timeout: minutes * 60_000 + 120_000,
    }, async ({ server, service }) => {
      const counts = new Map<string, number>()
      const count = (what: string) => void counts.set(what, (counts.get(what) ?? 0) + 1)
      const end = Date.now() + minutes * 60_000

      const [memory, , ...perClient] = await Promise.all([
        watchMemory(end),
        disturb(server, end, count),
        ...Array.from({ length: clients }, (_, client) =>
          useService({ service, end, count }, client),
        ),
      ])
      // What was cut off has settled by then: the role's statement_timeout.
      await sleep(5_000)
      await expect
        .poll(async () => (await service.request('GET', '/users?limit=1')).status, {
          timeout: 10_000,
        })
        .toBe(200)
      const owner = new pg.Client({ connectionString: server.databaseUrl })
      await owner.connect()
      const { rows } = await owner.query<{ email: string; name: string; version: number }>(
        'select email, name, version from users',
      )
      const { rows: unrecorded } = await owner.query(
        `select id, version from users where version <> (
           select count(*) from user_events where user_id = users.id and kind <> 'delete')`,
      )
      await owner.end()

      const wrong: unknown[] = []
      const total = { users: 0, unknown: 0 }
      for (const [email, { states }] of perClient.flatMap((users) => [...users])) {
        const found = rows.filter((row) => row.email === email)
        const isRight = states.some((state) =>
          state
            ? found.length === 1 &&
              found[0]?.name === state.name &&
              found[0].version === state.version
            : found.length === 0,
        )
        total.users += 1
        total.unknown += states.length > 1 ? 1 : 0
        if (!isRight) {
          wrong.push({ email, states, found })
        }
      }
      // The first half is for warming up, which takes V8 about a minute and 250 MiB.
      const [half, rest] = [memory.length / 2, memory.length / 4]
      const [third = 0, last = 0] = [half, half + rest].map((from) =>
        median(memory.slice(from, from + rest)),
      )
      console.log(
        JSON.stringify({ ...total, rows: rows.length, ...Object.fromEntries([...counts].sort()) }),
        `workerd, MiB: ${memory.map(Math.round).join(' ')}`,
      )

      expect(wrong).toEqual([])
      expect(unrecorded, 'each version of a user has its event').toEqual([])
      expect(rows.length).toBeLessThanOrEqual(total.users)
      // All clients are one caller, who may search so often at once, for a second each.
      counts.delete('list 429')
      counts.delete('list 422')
      expect([...counts.keys()].filter((what) => /hangs|500| 4/.test(what))).toEqual([])
      if (minutes >= 1) {
        expect(last - third).toBeLessThan(60)
      }
      expect(Math.max(...memory)).toBeLessThan(400)
    })
  })
