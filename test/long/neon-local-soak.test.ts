import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect } from 'vitest'
import { raw, test } from '../../packages/neon-local/test/support/neon-endpoint.ts'

const clients = 64
const seconds = 30

/** The pool of one user, password and database. */
const maxSessions = 20

const random = (count: number) => Math.floor(Math.random() * count)

describe('the endpoint under 64 clients', () => {
  test('crosses no answers, keeps no state, loses and invents no row, and gives back what it took', {
    timeout: 120_000,
  }, async ({ send, database }) => {
    await database.pool.query('create table soak (id text primary key)')
    const confirmed = new Set<string>()
    let serial = 0
    const nextId = () => `id-${serial++}`

    const kinds = {
      async read() {
        const value = nextId()
        const reply = await send({ query: 'select $1 as value', params: [value] }, raw)
        expect(reply.body).toMatchObject({ rows: [[value]] })
      },
      async write() {
        const id = nextId()
        await send({ query: 'insert into soak values ($1)', params: [id] })
        confirmed.add(id)
      },
      async batch() {
        const id = nextId()
        const queries = [
          { query: 'insert into soak values ($1)', params: [id] },
          { query: 'select $1 as value', params: [id] },
        ]
        const reply = await send({ queries }, raw)
        expect(reply.body).toMatchObject({ results: [{ rowCount: 1 }, { rows: [[id]] }] })
        confirmed.add(id)
      },
      async brokenBatch() {
        const insert = { query: 'insert into soak values ($1)', params: [`lost-${nextId()}`] }
        const reply = await send({ queries: [insert, { query: 'select 1 / 0' }] })
        expect(reply).toMatchObject({ status: 400, body: { code: '22012' } })
      },
      async abort() {
        const query = 'with nap as (select pg_sleep(0.2)) insert into soak select $1 from nap'
        const params = [`lost-${nextId()}`]
        const signal = AbortSignal.timeout(20 + random(80))
        await expect(send({ query, params }, {}, signal)).rejects.toThrow('aborted')
      },
      async litter() {
        const query = [
          `set application_name = 'litter'`,
          'create temporary table litter ()',
          'select pg_advisory_lock(1)',
          'begin',
        ][random(4)]
        await send({ query }, {}, AbortSignal.timeout(2_000)).catch(() => {})
      },
      async inspect() {
        const reply = await send(
          {
            query: `select current_setting('application_name'), to_regclass('pg_temp.litter'),
              (select count(*)::int from pg_locks
               where locktype = 'advisory' and pid = pg_backend_pid())`,
          },
          raw,
        )
        expect(reply.body).toMatchObject({ rows: [['', null, '0']] })
      },
    }
    const all = Object.values(kinds)
    const memory: number[] = []
    const end = Date.now() + seconds * 1_000

    const client = async () => {
      while (Date.now() < end) {
        await all[random(all.length)]?.()
      }
    }
    const watch = async () => {
      while (Date.now() < end) {
        await sleep(5_000)
        memory.push(process.memoryUsage.rss() / 2 ** 20)
      }
    }
    await Promise.all([watch(), ...Array.from({ length: clients }, client)])
    await sleep(1_000)

    const { rows } = await database.pool.query('select id from soak')
    expect(new Set(rows.map(({ id }) => id))).toEqual(confirmed)
    expect(serial).toBeGreaterThan(5_000)
    const { rows: sessions } = await database.pool.query(
      `select state from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid()`,
    )
    expect(sessions.length).toBeLessThanOrEqual(maxSessions)
    // Mebibytes. The first reading is of a process that is already warm.
    expect((memory.at(-1) ?? 0) - (memory[0] ?? 0)).toBeLessThan(100)
  })
})
