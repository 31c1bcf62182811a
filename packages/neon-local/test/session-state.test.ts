import pg from 'pg'
import { describe, expect, onTestFinished, vi } from 'vitest'
import { startEndpoint } from '../src/endpoint.ts'
import { type Send, sender, test } from './support/neon-endpoint.ts'
import { asSuperuser } from './support/superuser.ts'

const batch = (...queries: string[]) => ({ queries: queries.map((query) => ({ query })) })

async function firstValue(send: Send, query: string): Promise<unknown> {
  const { body } = await send({ query }, { 'Neon-Array-Mode': 'true' })
  return body !== null && typeof body === 'object' && 'rows' in body && Array.isArray(body.rows)
    ? body.rows[0]?.[0]
    : body
}

/** What a request may leave in its session, and a query that would show it to the next. */
const traces: [what: string, leave: string, look: string, clean: unknown][] = [
  ['a setting', `set statement_timeout = '9s'`, 'show statement_timeout', '0'],
  [
    'a setting of its own',
    `set my.canary = 'x'`,
    `select coalesce(current_setting('my.canary', true), '')`,
    '',
  ],
  ['a time zone', `set timezone = 'Asia/Tokyo'`, 'show timezone', 'UTC'],
  ['a search path', 'set search_path = pg_catalog', 'show search_path', '"$user", public'],
  ['a role', 'set role pg_monitor', `select current_user = 'pg_monitor'`, false],
  [
    'a session user',
    'set session authorization pg_monitor',
    `select session_user = 'pg_monitor'`,
    false,
  ],
  [
    'a temporary table',
    'create temp table canary (n int)',
    `select to_regclass('pg_temp.canary')`,
    null,
  ],
  [
    'an advisory lock',
    'select pg_advisory_lock(77)',
    `select count(*)::int from pg_locks where locktype = 'advisory' and objid = 77`,
    0,
  ],
  [
    'a prepared statement',
    'prepare canary as select 1',
    'select count(*)::int from pg_prepared_statements where from_sql',
    0,
  ],
  [
    'a cursor',
    'declare canary cursor with hold for select 1',
    `select count(*)::int from pg_cursors where name = 'canary'`,
    0,
  ],
  ['a LISTEN', 'listen canary', 'select count(*)::int from pg_listening_channels()', 0],
  [
    'a transaction',
    'begin isolation level serializable',
    'show transaction_isolation',
    'read committed',
  ],
  [
    'a read only session',
    'set session characteristics as transaction read only',
    'show transaction_read_only',
    'off',
  ],
]

/** Closing so many cursors takes the server a while, and only then does it undo the rest. */
const leaveMuch = (call: string) => `do $$ begin
  for n in 1..2000 loop execute format('declare c%s cursor with hold for select 1', n); end loop;
  perform ${call};
end $$`

describe('a session', () => {
  test.for(traces)('keeps nothing of %s', async ([, leave, look, clean], { send }) => {
    await send({ query: leave })

    expect(await firstValue(send, look)).toBe(clean)
    // As many as there may be: the session that would have the trace is among them.
    const seen = await Promise.all(Array.from({ length: 20 }, () => firstValue(send, look)))
    expect(new Set(seen)).toEqual(new Set([clean]))
  })

  test('keeps nothing of a sequence', async ({ send }) => {
    await send({ query: 'create sequence remembered' })
    await send({ query: `select nextval('remembered')` })

    expect(await send({ query: 'select lastval()' })).toMatchObject({ body: { code: '55000' } })
  })

  test('keeps its settings within one batch', async ({ send }) => {
    const interval = `select '0 seconds'::interval as zero`

    const inside = await send(batch(`set intervalstyle = 'iso_8601'`, interval))
    const after = await send({ query: interval })

    expect(inside.body).toMatchObject({ results: [{}, { rows: [{ zero: 'PT0S' }] }] })
    expect(after.body).toMatchObject({ rows: [{ zero: '00:00:00' }] })
  })

  test('is clean before the next request of the same client', async ({ send }) => {
    await Promise.all([send({ query: 'select pg_sleep(0.05)' }), send({ query: 'select 1' })])

    await send({ query: leaveMuch('pg_advisory_lock(78)') })

    expect(await firstValue(send, 'select pg_try_advisory_lock(78)')).toBe(true)
  })

  test('that cannot be cleaned is not used again', async ({ send }) => {
    await send({ query: leaveMuch(`set_config('statement_timeout', '1', false)`) })

    expect(await firstValue(send, 'show statement_timeout')).toBe('0')
  })

  test('is cleaned after the answer, not before', async ({ send, database }) => {
    const leave = 'create temp table held (n int); commit; perform pg_sleep(0.3);'
    const start = performance.now()
    const leaving = send({ query: `do $$ begin ${leave} end $$` })
    // Only a superuser reaches the temporary tables of another session.
    const holder = new pg.Client(asSuperuser(database.url))
    await holder.connect()
    onTestFinished(() => holder.end())
    const held = await vi.waitFor(async () => {
      const { rows } = await holder.query(
        `select oid::regclass from pg_class where relname = 'held'`,
      )
      return String(rows[0].oid)
    }, 10_000)

    // Nobody can drop the table now, and the session is not clean before it is dropped.
    await holder.query(`begin; lock table ${held}`)

    expect(await leaving).toMatchObject({ status: 200 })
    expect(await firstValue(send, `select to_regclass('pg_temp.held')`)).toBe(null)
    expect(performance.now() - start).toBeLessThan(1_500)
  })

  test('prints dates as hosted Neon does', async ({ database }) => {
    await database.pool.query(`alter database ${database.name} set timezone = 'Asia/Tokyo'`)
    await database.pool.query(`alter database ${database.name} set datestyle = 'German'`)

    const query = `select '2024-01-02 03:04:05.678+01'::timestamptz, '1 day 2:00'::interval`
    const endpoint = await startEndpoint({ postgresUrl: database.url })
    const send = sender(endpoint.url, database.url)
    const { body } = await send({ query }, { 'Neon-Array-Mode': 'true' })
    await endpoint.close()

    expect(body).toMatchObject({ rows: [['2024-01-02 02:04:05.678+00', '1 day 02:00:00']] })
  })

  test('ends a transaction that a request leaves open', async ({ send }) => {
    await send({ query: 'begin' })

    const first = await firstValue(send, 'select pg_current_xact_id()::text')
    const second = await firstValue(send, 'select pg_current_xact_id()::text')

    expect(first).not.toBe(second)
  })

  test('is never shared by two requests at once', async ({ send }) => {
    const sleeps = Array.from({ length: 20 }, () => send({ query: 'select pg_sleep(0.3)' }))
    const start = performance.now()

    const replies = await Promise.all(sleeps)

    expect(replies.every(({ status }) => status === 200)).toBe(true)
    // One after the other, they would take six seconds.
    expect(performance.now() - start).toBeLessThan(5_500)
  })
})
