import pg from 'pg'
import { describe, expect } from 'vitest'
import { problem, test } from './support/neon-endpoint.ts'

const tables = `
  create table parent (id int primary key);
  create table child (
    id int primary key constraint child_positive check (id > 0),
    name text not null constraint child_name_key unique,
    parent_id int constraint child_parent_fkey references parent
  );
  insert into child values (1, 'taken', null);
  create function divide(n int) returns int language plpgsql as 'begin return 1 / n; end';
  create function run(statement text) returns void language plpgsql as
    'begin execute statement; end'`

const withTables = test.extend('tables', { scope: 'file' }, async ({ database }) => {
  await database.pool.query(tables)
})

/** Every way to fail, with what makes it different from the others. */
const failures: [sql: string, expected: object][] = [
  ['SELECT 123 WHERE x', { code: '42703', position: '18', message: 'column "x" does not exist' }],
  [
    `insert into child values (2, 'taken', null)`,
    {
      code: '23505',
      detail: 'Key (name)=(taken) already exists.',
      schema: 'public',
      table: 'child',
      constraint: 'child_name_key',
    },
  ],
  ['insert into child values (3, null, null)', { code: '23502', table: 'child', column: 'name' }],
  [`insert into child values (4, 'a', 9)`, { code: '23503', constraint: 'child_parent_fkey' }],
  [`insert into child values (-1, 'a', null)`, { code: '23514', constraint: 'child_positive' }],
  [`select 'no uuid'::uuid`, { code: '22P02' }],
  [
    'select 1; select 2',
    { code: '42601', message: 'cannot insert multiple commands into a prepared statement' },
  ],
  ['garbage', { code: '42601', position: '1' }],
  [
    'select divide(0)',
    { code: '22012', where: 'PL/pgSQL function divide(integer) line 1 at RETURN' },
  ],
  [
    `select run('select wrong')`,
    { code: '42703', position: null, internalPosition: '8', internalQuery: 'select wrong' },
  ],
  ['select lag(1)', { code: '42809', position: '8' }],
  ['select * from nowhere', { code: '42P01' }],
  ['select upper(1, 2)', { code: '42883', hint: expect.stringContaining('No function matches') }],
]

describe('a statement that fails', () => {
  withTables.for(failures)('says why: %s', async ([query, expected], { send, tables: _ }) => {
    const reply = await send({ query })

    expect(reply).toMatchObject({ status: 400, body: { severity: 'ERROR', ...expected } })
  })

  withTables.for(failures)(
    'has the fields that pg has: %s',
    async ([query], { send, database, tables: _ }) => {
      const text = { text: query, values: [], queryMode: 'extended' }
      const error: unknown = await database.pool.query(text).catch((reason) => reason)
      if (!(error instanceof pg.DatabaseError)) {
        throw new TypeError('The statement should have failed.')
      }

      const { body } = await send({ query })

      const { length, name, ...fields } = error
      // JSON has no undefined: what PostgreSQL did not say is null.
      const given = Object.entries({ ...fields, message: error.message }).map(
        ([key, value]) => [key, value ?? null] as const,
      )
      expect(body).toEqual(Object.fromEntries(given))
    },
  )

  test('leaves no trace in the next', async ({ send }) => {
    for (const query of ['garbage', 'begin', 'garbage']) {
      await send({ query })
      expect(await send({ query: 'select 1 as n' })).toMatchObject({ body: { rows: [{ n: 1 }] } })
    }
  })

  test.for([
    'copy (select 1) to stdout',
    'copy (select 1 where false) to stdout',
    'copy copied from stdin',
  ])('is COPY to or from the client: %s', async (query, { send }) => {
    await send({ query: 'create table if not exists copied (n int)' })

    const replies = [await send({ query }), await send({ queries: [{ query }] })]

    for (const reply of replies) {
      const message =
        'error parsing response from server: invalid message length: expected buffer to be empty'
      expect(reply).toMatchObject({ status: 400, body: problem(message) })
    }
    expect(await send({ query: 'select count(*)::int as n from copied' })).toMatchObject({
      body: { rows: [{ n: 0 }] },
    })
  })
})
