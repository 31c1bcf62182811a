import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { describe, expect } from 'vitest'
import { test } from './support/neon-endpoint.ts'

const slowInsert = `with slept as (select pg_sleep($1)) insert into slow select $2 from slept`

const running = `select count(*)::int as n from pg_stat_activity
  where state <> 'idle' and pid <> pg_backend_pid() and datname = current_database()
    and backend_type = 'client backend'`

/** Long before any of these statements would end by itself. */
const nothingRuns = ({ pool }: { pool: pg.Pool }) =>
  expect.poll(async () => (await pool.query(running)).rows).toEqual([{ n: 0 }])

describe('a client that goes away', () => {
  test('has its statement cancelled, and undone', async ({ send, database }) => {
    await send({ query: 'create table slow (id int primary key)' })
    const aborted = send({ query: slowInsert, params: [60, 1] }, {}, AbortSignal.timeout(200))

    await expect(aborted).rejects.toThrow('aborted')

    await nothingRuns(database)
    const fast = { query: slowInsert, params: [0, 1] }
    expect(await send(fast)).toMatchObject({ status: 200, body: { rowCount: 1 } })
    expect(await send(fast)).toMatchObject({ status: 400, body: { code: '23505' } })
  })

  test('has its whole batch undone', async ({ send, database }) => {
    await database.pool.query('create table aborted (n int)')
    const insert = { query: 'insert into aborted values (1)' }
    const queries = [insert, { query: 'select pg_sleep(0.5)' }, { query: 'commit' }, insert]

    await expect(send({ queries }, {}, AbortSignal.timeout(200))).rejects.toThrow('aborted')

    await sleep(600)
    expect((await database.pool.query('select * from aborted')).rows).toEqual([])
  })

  test('while it waits for a session costs the others nothing', async ({ send, database }) => {
    const busy = Array.from({ length: 20 }, () => send({ query: 'select pg_sleep(0.6)' }))
    await sleep(300)
    const waiting = Array.from({ length: 20 }, () =>
      send({ query: 'select pg_sleep(60)' }, {}, AbortSignal.timeout(100)),
    )

    const outcomes = await Promise.allSettled(waiting)
    await Promise.all(busy)

    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true)
    await nothingRuns(database)
    expect(await send({ query: 'select 1' })).toMatchObject({ status: 200 })
  })

  test('in the middle of its body leaves nothing behind', async ({ endpoint, database, send }) => {
    for (let round = 0; round < 20; round += 1) {
      const body = new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('{"query":'))
        },
      })
      const cut = fetch(endpoint.url, {
        method: 'POST',
        headers: { 'Neon-Connection-String': database.url },
        body,
        duplex: 'half',
        signal: AbortSignal.timeout(20),
      })
      await expect(cut).rejects.toThrow()
    }

    expect(await send({ query: 'select 1' })).toMatchObject({ status: 200 })
  })
})
