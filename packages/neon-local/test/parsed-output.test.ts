import { describe, expect } from 'vitest'
import { problem, test } from './support/neon-endpoint.ts'

describe('parsed output', () => {
  test.for([
    ['42::int2', 42],
    ['-42::int4', -42],
    ['42::int8', '42'],
    ['42.42::float4', 42.42],
    ['42.42::float8', 42.42],
    ['1e300::float8', 1e300],
    [`'NaN'::float4`, 'NaN'],
    [`'Infinity'::float8`, 'Infinity'],
    [`'-Infinity'::float8`, '-Infinity'],
    ['true', true],
    ['false', false],
    [
      `'{"s":"str","n":42,"f":4.2,"a":[null,3,"a"]}'::jsonb`,
      { s: 'str', n: 42, f: 4.2, a: [null, 3, 'a'] },
    ],
    [`'[1, "é"]'::json`, [1, 'é']],
    [`'foo'::text`, 'foo'],
    ['1.50::numeric', '1.50'],
    [`'2024-01-02'::date`, '2024-01-02'],
    [`'(1,2)'::point`, '(1,2)'],
    [`'pg_type'::name`, 'pg_type'],
    ['null::int', null],
    ['null::int[]', null],
  ] as const)('of %s is %j', async ([sql, value], { send }) => {
    expect((await send({ query: `select ${sql} as value` })).body).toMatchObject({
      rows: [{ value }],
    })
  })

  test.for([
    [`'{t,NULL,f}'::bool[]`, [true, null, false]],
    [`'{1,NULL,-3}'::int4[]`, [1, null, -3]],
    [`'{1,2}'::int8[]`, ['1', '2']],
    [`'{NaN,1.5,-Infinity}'::float8[]`, ['NaN', 1.5, '-Infinity']],
    [String.raw`'{"aa\"\\\,a",cha,"bbbb"}'::text[]`, ['aa"\\,a', 'cha', 'bbbb']],
    [`array['', 'NULL', ' x ', '{}', null, E'\\n']`, ['', 'NULL', ' x ', '{}', null, '\n']],
    [
      `'{{1,2},{3,NULL}}'::int[]`,
      [
        [1, 2],
        [3, null],
      ],
    ],
    [
      `'[1:1][-2:-1][3:5]={{{1,2,3},{4,5,6}}}'::int[]`,
      [
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
      ],
    ],
    [`'{}'::int[]`, []],
    [`array['{"a":[1]}', null]::jsonb[]`, [{ a: [1] }, null]],
    [`array['{"a": "x\\"y"}']::json[]`, [{ a: 'x"y' }]],
    [`array[box '(1,1),(0,0)', box '(2,2),(1,1)']`, ['(1,1),(0,0)', '(2,2),(1,1)']],
    [`array['pg_type']::name[]`, ['pg_type']],
  ] as const)('of the array %s is %j', async ([sql, value], { send }) => {
    expect((await send({ query: `select ${sql} as value` })).body).toMatchObject({
      rows: [{ value }],
    })
  })

  test.for([`'1 2'::int2vector`, `'1 2'::oidvector`, `array['1 2'::int2vector]`])(
    'of %s is a 500, as hosted',
    async (sql, { send }) => {
      expect(await send({ query: `select ${sql}` })).toMatchObject({
        status: 500,
        body: problem('could not parse postgres response'),
      })
      expect(await send({ query: `select ${sql}::text` })).toMatchObject({ status: 200 })
    },
  )

  test('of an array of records is text', async ({ send }) => {
    const { body } = await send({ query: `select array[row(1, 'a')] as value` })

    expect(body).toMatchObject({ rows: [{ value: '{"(1,a)"}' }] })
  })

  test("knows the arrays of types of one's own", async ({ send }) => {
    await send({ query: 'select 1' })
    await send({ query: `create type foo as enum ('foo', 'bar')` })
    await send({ query: 'create domain even as int check (value % 2 = 0)' })

    const { body } = await send({
      query: `select array['foo'::foo, 'bar'] as enums, array[2::even] as domains,
        'foo'::foo as enum, 4::even as domain`,
    })

    const row = { enums: ['foo', 'bar'], domains: ['2'], enum: 'foo', domain: 4 }
    expect(body).toMatchObject({ rows: [row] })
  })

  test('knows a type that the same batch creates', async ({ send }) => {
    const { body } = await send({
      queries: [
        { query: `create type made_here as enum ('a')` },
        { query: `select array['a'::made_here] as made` },
        { query: 'drop type made_here' },
      ],
    })

    expect(body).toMatchObject({ results: [{}, { rows: [{ made: ['a'] }] }, {}] })
  })

  test('runs a statement once', async ({ send }) => {
    await send({ query: 'create table run_once (n int)' })
    await send({ query: 'insert into run_once values (1) returning n, array[n]' })

    const { body } = await send({ query: 'select count(*)::int as n from run_once' })

    expect(body).toMatchObject({ rows: [{ n: 1 }] })
  })
})
