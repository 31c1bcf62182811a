import { neon } from '@neondatabase/serverless'
import pg from 'pg'
import { describe, expect } from 'vitest'
import { test as base } from './support/neon-endpoint.ts'
import { useEndpoint } from './support/use-endpoint.ts'

const test = base
  .extend('sql', { scope: 'file' }, ({ endpoint, database }) => {
    useEndpoint(endpoint.url)
    return neon(database.url, { fullResults: true, arrayMode: true })
  })
  .extend('client', { scope: 'file' }, async ({ database }, { onCleanup }) => {
    const client = new pg.Client({ connectionString: database.url, options: '-c TimeZone=UTC' })
    await client.connect()
    onCleanup(() => client.end())
    return client
  })

const now = new Date('2026-11-22T07:08:09.123Z')

/** A query, and its parameters. */
const samples: [sql: string, params?: unknown[]][] = [
  ['select $1', [1]],
  ['select $1::int', [-1]],
  ['select $1::int8', [1]],
  ['select $1::decimal', [-1]],
  ['select $1', [2n]],
  ['select $1::int8', [9007199254740993n]],
  ['select $1', [Math.PI]],
  ['select $1::real', [Math.PI]],
  ['select $1::double precision', [Math.PI]],
  ['select $1::float8', [Number.NaN]],
  ['select $1::float8', [Number.NEGATIVE_INFINITY]],
  ['select 1.10::numeric(10,4), 1e-20::numeric, 0.1::float4, 1e15::float8'],
  ['select $1', ['hello']],
  ['select $1', ['']],
  ['select $1', ['é😀\n\t"\\\'']],
  ['select $1::char(5), $2::varchar(7), $3::"char", $4::name', ['a', 'b', 'c', 'd']],
  [`select $1 || ' ' || $2 as greeting`, ['hello', 'world']],
  ['select $1', [true]],
  ['select $1::boolean, not $1::boolean', [true]],
  ['select null'],
  ['select $1', [null]],
  ['select $1', [undefined]],
  ['select $1', ['NULL']],
  ['select $1', [{ x: 'y' }]],
  ['select $1::json', [{ x: 'y' }]],
  ['select $1::jsonb', [{ x: 'y', a: [1, null, { b: 'é' }] }]],
  [`select 'null'::jsonb, '"text"'::json, '[1.50, 12345678901234567890]'::json`],
  ['select $1::jsonpath, $2::xid8, $3::oid', ['$.a', '7', '9']],
  ['select $1::timestamptz', [now]],
  ['select $1::timestamp', ['2026-11-22 07:08:09.123456']],
  ['select $1::date', ['2026-11-22']],
  [`select 'infinity'::timestamptz, '-infinity'::date, '0044-03-15 BC'::date`],
  ['select $1::time, $2::timetz', ['17:18:19.5', '16:17:18+01:00']],
  [`select '1 year 2 mons 3 days 04:05:06.789'::interval, '-1 day'::interval, '0'::interval`],
  ['select $1::uuid', ['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11']],
  ['select $1::bytea', ['\\xDEADBEEF']],
  ['select $1::bytea', [Buffer.from([65, 66, 0, 255])]],
  ['select $1::int4range, $2::tstzrange', ['[1,4)', '[2026-01-01,2026-02-01)']],
  [`select '{[1,3),[5,7)}'::int4multirange, 'empty'::int8range`],
  ['select $1::point, $2::circle', ['(2, 3)', '<(2, 3), 1>']],
  [`select '{1,2,3}'::line, '[(0,0),(1,1)]'::lseg, '(1,1),(0,0)'::box`],
  [`select '((0,0),(1,1))'::path, '((0,0),(1,1),(2,0))'::polygon`],
  ['select $1::cidr, $2::inet', ['10.10.10.0/24', '::1']],
  ['select $1::macaddr, $2::macaddr8', ['11:22:33:44:55:66', '11:22:33:44:55:66:77:88']],
  [`select B'1010', B'101'::varbit(5), 12.34::money`],
  [`select 'a b'::tsvector, 'a & b'::tsquery, '0/16B3748'::pg_lsn`],
  [`select '<a/>'::xml`],
  [`select row(1, 'a', null), 'pg_type'::regclass, 'int4'::regtype`],
  ['select pg_sleep(0)'],
  ['select $1::int[]', [[1, 2, 3]]],
  ['select $1::int[]', [[]]],
  ['select $1::int[][]', [[[2], [4]]]],
  ['select $1', [['a', 'b', 'c']]],
  ['select $1::text[]', [['a', 'b"c', 'd,e', '{f}', '', 'NULL', null, '\\']]],
  [
    'select $1::bool[], $2::float8[], $3::int8[]',
    [[true, false], [1.5, null], ['9007199254740993']],
  ],
  ['select $1::numeric[], $2::uuid[]', [['1.10'], ['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11']]],
  ['select $1::timestamptz[], $2::date[]', [[now], ['2026-11-22']]],
  ['select $1::point[], $2::circle[]', [['(2, 3)'], ['<(2, 3), 1>']]],
  ['select $1::cidr[], $2::macaddr[]', [['10.10.10.0/24'], ['11:22:33:44:55:66']]],
  ['select $1::bytea[]', [['\\xDEADBEEF', '\\x00']]],
  ['select $1::jsonb[], $2::json[]', [[{ a: 1 }], [{ b: [1] }]]],
  [`select '[0:1]={1,2}'::int[], array[box '(1,1),(0,0)'], '1 2'::int2vector`],
  ['select from generate_series(1, 2)'],
  ['select 1 where false'],
  ['values (1, null), (2, $1)', ['two']],
  ['show server_encoding'],
  ['explain (costs off) select 1'],
  ['with t as (select 1 as n) select n, n as n from t'],
]

describe('every type', () => {
  test.for(samples)(
    'comes as it does from pg: %s',
    async ([query, params = []], { sql, client }) => {
      const text = { text: query, values: params, queryMode: 'extended', rowMode: 'array' } as const

      const [ours, theirs] = await Promise.all([
        // With pg's parsers: Drizzle changes the driver's own for the whole process.
        sql.query(query, params, { types: pg.types }),
        client.query(text),
      ])

      const { rows, command, rowCount, fields } = theirs
      // Not strictly: the driver has a copy of its own of the class for intervals.
      expect(ours.rows).toEqual(rows)
      expect(ours.fields).toStrictEqual(fields.map((field) => ({ ...field })))
      expect(ours).toMatchObject({ command, rowCount })
    },
  )
})
