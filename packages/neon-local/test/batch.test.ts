import { describe, expect } from 'vitest'
import { test } from './support/neon-endpoint.ts'

const batch = (...queries: string[]) => ({ queries: queries.map((query) => ({ query })) })

const settings = batch(
  'show transaction_isolation',
  'show transaction_read_only',
  'show transaction_deferrable',
)

describe('a batch', () => {
  test('answers every query in order', async ({ send }) => {
    const reply = await send(
      {
        queries: [
          { query: 'select 42 as answer' },
          { query: 'select $1 as answer', params: [42] },
          { query: 'select $1 * 1 as answer', params: [42] },
          { query: 'create table batched (id int primary key, val int)' },
          { query: 'insert into batched values ($1, $2), (2, 20) returning id', params: [1, 10] },
          { query: 'select * from batched' },
          { query: 'drop table batched' },
          { query: `select '{"a":1}'::jsonb as j` },
          { query: '' },
          { query: 'select 1 where false' },
        ],
      },
      { 'Neon-Batch-Isolation-Level': 'Serializable', 'Neon-Batch-Read-Only': 'false' },
    )

    expect(reply).toMatchObject({
      status: 200,
      body: {
        results: [
          { command: 'SELECT', rowCount: 1, rows: [{ answer: 42 }] },
          { rows: [{ answer: '42' }] },
          { rows: [{ answer: 42 }] },
          { command: 'CREATE', rowCount: null },
          { command: 'INSERT', rowCount: 2, rows: [{ id: 1 }, { id: 2 }] },
          {
            rows: [
              { id: 1, val: 10 },
              { id: 2, val: 20 },
            ],
          },
          { command: 'DROP', rowCount: null },
          { rows: [{ j: { a: 1 } }] },
          { command: '', rowCount: null, rows: [] },
          { command: 'SELECT', rowCount: 0, rows: [] },
        ],
      },
    })
    expect(reply.headers.get('Neon-Batch-Isolation-Level')).toBe('Serializable')
    expect(reply.headers.get('Neon-Batch-Read-Only')).toBeNull()
    expect(reply.headers.get('Neon-Batch-Deferrable')).toBeNull()
  })

  test('of nothing answers nothing', async ({ send }) => {
    expect(await send({ queries: [] })).toMatchObject({ status: 200, body: { results: [] } })
  })

  test('may be read only and deferrable', async ({ send }) => {
    const reply = await send(settings, {
      'Neon-Batch-Isolation-Level': 'Serializable',
      'Neon-Batch-Read-Only': 'true',
      'Neon-Batch-Deferrable': 'true',
    })

    expect(reply.headers.get('Neon-Batch-Read-Only')).toBe('true')
    expect(reply.headers.get('Neon-Batch-Deferrable')).toBe('true')
    expect(reply.body).toMatchObject({
      results: [
        { rows: [{ transaction_isolation: 'serializable' }] },
        { rows: [{ transaction_read_only: 'on' }] },
        { rows: [{ transaction_deferrable: 'on' }] },
      ],
    })
  })

  test.for([
    ['ReadUncommitted', 'read uncommitted'],
    ['ReadCommitted', 'read committed'],
    ['RepeatableRead', 'repeatable read'],
    ['Serializable', 'serializable'],
    [undefined, 'read committed'],
  ] as const)('at isolation level %s runs %s', async ([level, shown], { send }) => {
    const reply = await send(settings, level && { 'Neon-Batch-Isolation-Level': level })

    expect(reply.headers.get('Neon-Batch-Isolation-Level')).toBe(level ?? null)
    expect(reply.body).toMatchObject({
      results: [
        { rows: [{ transaction_isolation: shown }] },
        { rows: [{ transaction_read_only: 'off' }] },
        { rows: [{ transaction_deferrable: 'off' }] },
      ],
    })
  })

  test('that is read only writes nothing', async ({ send }) => {
    await send({ query: 'create table untouched (n int)' })

    const reply = await send(batch('insert into untouched values (1)'), {
      'Neon-Batch-Read-Only': 'true',
    })

    expect(reply).toMatchObject({ status: 400, body: { code: '25006' } })
    expect(reply.headers.get('Neon-Batch-Read-Only')).toBeNull()
    expect((await send({ query: 'select * from untouched' })).body).toMatchObject({ rows: [] })
  })

  test('is undone when one of its queries fails', async ({ send, database }) => {
    await send({ query: 'create table half (n int unique)' })

    const reply = await send(batch('insert into half values (1)', 'insert into half values (1)'))

    const { rows } = await database.pool.query('select * from half for update nowait')
    expect(reply).toMatchObject({ status: 400, body: { code: '23505', table: 'half' } })
    expect(rows).toEqual([])
  })

  test('runs nothing after the query that fails', async ({ send }) => {
    await send({ query: 'create sequence counted' })

    await send(batch('garbage', `select nextval('counted')`))

    expect((await send({ query: `select nextval('counted')` })).body).toMatchObject({
      rows: [{ nextval: '1' }],
    })
  })

  test('is undone when a deferred constraint fails at its end', async ({ send }) => {
    await send({ query: 'create table late (n int unique deferrable initially deferred)' })

    const reply = await send(batch('insert into late values (1), (1)', 'select 1'))

    expect(reply).toMatchObject({ status: 400, body: { code: '23505', constraint: 'late_n_key' } })
    expect((await send({ query: 'select * from late' })).body).toMatchObject({ rows: [] })
  })

  test.for(['create database inside', 'vacuum'])('cannot hold %s', async (query, { send }) => {
    expect(await send(batch(query))).toMatchObject({ status: 400, body: { code: '25001' } })
  })

  test('ends for real at a COMMIT of its own', async ({ send }) => {
    await send({ query: 'create table early (n int)' })

    const reply = await send(batch('insert into early values (1)', 'commit', 'garbage'))

    expect(reply).toMatchObject({ status: 400, body: { code: '42601' } })
    expect((await send({ query: 'select * from early' })).body).toMatchObject({ rows: [{ n: 1 }] })
  })

  test('with one query that cannot be sent does nothing', async ({ send }) => {
    await send({ query: 'create table unsent (n int)' })

    const reply = await send(batch('insert into unsent values (1)', 'select 1\0'))

    expect(reply.status).toBe(400)
    expect((await send({ query: 'select * from unsent' })).body).toMatchObject({ rows: [] })
  })
})
