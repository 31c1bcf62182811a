import { describe, expect } from 'vitest'
import { startEndpoint } from '../../neon-local/endpoint.ts'
import { type Send, sender, test } from '../support/neon-endpoint.ts'

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
    // Closing so many cursors takes the server a while, and only then does it release the lock.
    const leave = `do $$ begin
      for n in 1..2000 loop execute format('declare c%s cursor with hold for select 1', n); end loop;
      perform pg_advisory_lock(78);
    end $$`
    await Promise.all([send({ query: 'select pg_sleep(0.05)' }), send({ query: leave })])

    await send({ query: leave })

    expect(await firstValue(send, 'select pg_try_advisory_lock(78)')).toBe(true)
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
    const sleeps = Array.from({ length: 10 }, () => send({ query: 'select pg_sleep(0.3)' }))
    const start = performance.now()

    const replies = await Promise.all(sleeps)

    expect(replies.every(({ status }) => status === 200)).toBe(true)
    expect(performance.now() - start).toBeLessThan(2_000)
  })
})

describe('requests at once', () => {
  test('never see into the transaction of another', async ({ send }) => {
    await send({ query: 'create table ledger (n int)' })
    const writes = Array.from({ length: 30 }, (_, n) =>
      send(batch(`insert into ledger values (${n})`, 'select pg_sleep(0.01)', 'garbage')),
    )
    const reads = Array.from({ length: 60 }, () =>
      firstValue(send, 'select count(*)::int from ledger'),
    )

    await Promise.all(writes)

    expect(new Set(await Promise.all(reads))).toEqual(new Set([0]))
  })

  test('wait for a free session, and all get their own answer', async ({ send }) => {
    const numbers = Array.from({ length: 100 }, (_, n) => n)

    const answers = numbers.map((n) => firstValue(send, `select ${n} from pg_sleep(0.02)`))

    expect(await Promise.all(answers)).toEqual(numbers)
  })

  test('use at most twenty sessions', async ({ send, database }) => {
    const count = `select count(*)::int as n from pg_stat_activity where application_name = 'neon-local' and datname = $1`

    await Promise.all(Array.from({ length: 60 }, () => send({ query: 'select pg_sleep(0.05)' })))

    const { rows } = await database.pool.query(count, [database.name])
    expect(rows[0].n).toBeLessThanOrEqual(20)
  })
})
