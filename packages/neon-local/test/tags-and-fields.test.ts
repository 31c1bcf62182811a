import { describe, expect } from 'vitest'
import { raw, test } from './support/neon-endpoint.ts'

describe('the command tag', () => {
  test('gives command and rowCount', async ({ send }) => {
    const results: [sql: string, command: string, rowCount: number | null][] = [
      ['create table tagged (id serial primary key, val int)', 'CREATE', null],
      ['insert into tagged (val) values (10), (20), (30) returning id', 'INSERT', 3],
      ['select * from tagged', 'SELECT', 3],
      ['with t as (select 40 as val) insert into tagged (val) select val from t', 'INSERT', 1],
      ['update tagged set val = 50 where id > 2', 'UPDATE', 2],
      ['update tagged set val = 50 where id > 9', 'UPDATE', 0],
      [
        'merge into tagged using (select 1) as one on false when not matched then insert values (9)',
        'MERGE',
        1,
      ],
      ['delete from tagged where id = 4', 'DELETE', 1],
      ['create table tagged_copy as select * from tagged', 'SELECT', 4],
      ['create materialized view tagged_view as select 1', 'SELECT', 1],
      ['refresh materialized view tagged_view', 'REFRESH', null],
      ['truncate tagged', 'TRUNCATE', null],
      ['values (1), (2)', 'SELECT', 2],
      ['show timezone', 'SHOW', null],
      ['set timezone = default', 'SET', null],
      ['begin', 'BEGIN', null],
      ['drop table tagged, tagged_copy', 'DROP', null],
    ]
    for (const [query, command, rowCount] of results) {
      expect((await send({ query })).body, query).toMatchObject({ command, rowCount })
    }
  })

  test('of an update without RETURNING comes without rows and fields', async ({ send }) => {
    await send({ query: 'create table updated as select generate_series(1, 3) as n' })

    expect((await send({ query: 'update updated set n = n + 1' }, raw)).body).toEqual({
      command: 'UPDATE',
      rowCount: 3,
      rows: [],
      fields: [],
      rowAsArray: true,
    })
  })

  test.for(['', ' ', '-- nothing', '/* nothing */;'])('of %j is empty', async (query, { send }) => {
    const empty = { command: '', rowCount: null, rows: [], fields: [], rowAsArray: false }

    expect(await send({ query })).toMatchObject({ status: 200, body: empty })
  })
})

describe('the fields', () => {
  test('of a table say which column', async ({ send, database }) => {
    await send({
      query: 'create table described (a int, gone int, name varchar(20), n numeric(5,2))',
    })
    await send({ query: 'alter table described drop column gone' })
    const { rows } = await database.pool.query(`select 'described'::regclass::oid as id`)
    const tableID = rows[0].id

    const { body } = await send({ query: 'select name, n, a, a + 1 as sum from described' })

    const text = { format: 'text' }
    expect(body).toMatchObject({
      rows: [],
      fields: [
        {
          name: 'name',
          dataTypeID: 1043,
          tableID,
          columnID: 3,
          dataTypeSize: -1,
          dataTypeModifier: 24,
        },
        {
          name: 'n',
          dataTypeID: 1700,
          tableID,
          columnID: 4,
          dataTypeSize: -1,
          dataTypeModifier: 327686,
        },
        { name: 'a', dataTypeID: 23, tableID, columnID: 1, dataTypeSize: 4, dataTypeModifier: -1 },
        {
          name: 'sum',
          dataTypeID: 23,
          tableID: 0,
          columnID: 0,
          dataTypeSize: 4,
          dataTypeModifier: -1,
        },
      ].map((field) => ({ ...field, ...text })),
    })
  })

  test('have these seven keys and no other', async ({ send }) => {
    const { body } = await send({ query: `select 'xyz' as str` })

    expect(body).toEqual({
      fields: [
        {
          name: 'str',
          dataTypeID: 25,
          tableID: 0,
          columnID: 0,
          dataTypeSize: -1,
          dataTypeModifier: -1,
          format: 'text',
        },
      ],
      rows: [{ str: 'xyz' }],
      command: 'SELECT',
      rowCount: 1,
      rowAsArray: false,
    })
  })

  test('are there without a row, and without a column', async ({ send }) => {
    const noRow = await send({ query: 'select 1 as n where false' })
    const noColumn = await send({ query: 'select from generate_series(1, 2)' }, raw)

    expect(noRow.body).toMatchObject({ rows: [], rowCount: 0, fields: [{ name: 'n' }] })
    expect(noColumn.body).toMatchObject({ rows: [[], []], rowCount: 2, fields: [] })
  })

  test('may have any name', async ({ send }) => {
    const { body } = await send({ query: 'select 1 as "__proto__", 2 as "a""\tb", 3' })

    expect(JSON.stringify(body)).toContain(
      String.raw`"rows":[{"__proto__":1,"a\"\tb":2,"?column?":3}]`,
    )
  })
})
