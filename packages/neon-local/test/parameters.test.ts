import { describe, expect } from 'vitest'
import { problem, test } from './support/neon-endpoint.ts'

describe('parameters', () => {
  test.for([
    ['select $1 as answer', 42, '42'],
    ['select $1 * 1 as answer', 42, 42],
    ['select $1::int[] as answer', [1, 2, 3], [1, 2, 3]],
    [`select $1::json->'a' as answer`, { a: { b: 42 } }, { b: 42 }],
    ['select $1::jsonb[] as answer', [{}], [{}]],
    ['select $1::jsonb[] as answer', [{ foo: 1 }, { bar: 2 }], [{ foo: 1 }, { bar: 2 }]],
    ['select $1::bool as answer', true, true],
    ['select $1 as answer', null, null],
    [
      'select $1::text[] as answer',
      [
        ['a', null],
        ['"', '{}'],
      ],
      [
        ['a', null],
        ['"', '{}'],
      ],
    ],
  ] as const)(
    'of a raw client are converted: %s with %j',
    async ([query, value, answer], { send }) => {
      expect(await send({ query, params: [value] })).toMatchObject({
        status: 200,
        body: { rows: [{ answer }] },
      })
    },
  )

  test.for([
    ['true', 'true'],
    ['false', 'false'],
    ['42', '42'],
    ['"foo\\""', 'foo"'],
    ['null', null],
    ['{"b": [1, null], "a": "\\u00e9"}', '{"a":"é","b":[1,null]}'],
    [
      '[true, false, null, "NULL", 42, "foo", "bar\\"-\\\\"]',
      '{true,false,NULL,"NULL",42,"foo","bar\\"-\\\\"}',
    ],
    [
      '[[true, false], [null, 42], ["foo", "bar\\"-\\\\"]]',
      '{{true,false},{NULL,42},{"foo","bar\\"-\\\\"}}',
    ],
    ['[{"foo": 1}, {"bar": 2}]', '{"{\\"foo\\":1}","{\\"bar\\":2}"}'],
  ] as const)('are written as Neon writes them: %s', async ([json, text], { send }) => {
    const { body } = await send(`{"query":"select $1 as text","params":[${json}]}`)

    expect(body).toMatchObject({ rows: [{ text }] })
  })

  test('keep every digit of a number', async ({ send }) => {
    const numbers = [
      ['12345678901234567890', '12345678901234567890'],
      ['-9223372036854775808', '-9223372036854775808'],
      ['18446744073709551616', '1.8446744073709552e19'],
      ['9007199254740993', '9007199254740993'],
      ['1.0', '1.0'],
      ['1.50', '1.5'],
      ['1e2', '100.0'],
      ['-0', '-0.0'],
      ['1e-7', '1e-7'],
      ['0.00001', '0.00001'],
      ['1e21', '1e21'],
      ['[{"a":9007199254740993}]', '{"{\\"a\\":9007199254740993}"}'],
    ] as const
    const columns = numbers.map((_, index) => `$${index + 1}`).join()
    const sources = numbers.map(([source]) => source).join()

    const reply = await send(`{"query":"select array[${columns}] as texts","params":[${sources}]}`)

    expect(reply).toMatchObject({ body: { rows: [{ texts: numbers.map(([, text]) => text) }] } })
  })

  test.for([
    [[], 'bind message supplies 0 parameters, but prepared statement "" requires 1'],
    [['1', '2'], 'bind message supplies 2 parameters, but prepared statement "" requires 1'],
  ] as const)(
    'must be as many as there are placeholders: %j',
    async ([params, message], { send }) => {
      const reply = await send({ query: 'select $1', params })

      expect(reply).toMatchObject({ status: 400, body: { code: '08P01', message } })
    },
  )

  test('must not hold NUL', async ({ send }) => {
    const reply = await send({ query: 'select $1', params: ['a\0b'] })

    expect(reply).toMatchObject({ status: 400, body: { code: '22021' } })
  })

  test('may be 32,767 and no more, as hosted', async ({ send }) => {
    const params = Array(32_767).fill('1')
    const last = `select $1::int + $${params.length}::int as sum`
    const all = `${last}, array[${params.map((_, index) => `$${index + 1}::int`).join()}] as all`

    expect(await send({ query: all, params })).toMatchObject({ body: { rows: [{ sum: 2 }] } })
    const longer = `${all}, $${params.length + 1}::int`
    expect(await send({ query: longer, params: [...params, '1'] })).toMatchObject({
      status: 400,
      body: problem('error encoding message to server: value too large to transmit'),
    })
  })

  test('that are too many are not what a wrong statement is refused for', async ({ send }) => {
    const reply = await send({ query: 'garbage', params: Array(32_768).fill('1') })

    expect(reply).toMatchObject({ status: 400, body: { code: '42601' } })
  })

  test('that are too many undo their batch', async ({ send }) => {
    await send({ query: 'create table unsent (n int)' })
    const insert = { query: 'insert into unsent values (1)' }
    const many = { query: 'select $1', params: Array(40_000).fill('1') }

    expect(await send({ queries: [insert, many] })).toMatchObject({ status: 400 })
    expect(await send({ query: 'select from unsent' })).toMatchObject({ body: { rowCount: 0 } })
  })
})

describe('a statement', () => {
  test('must not hold NUL, and nothing after one is taken as protocol', async ({ send }) => {
    const reply = await send({ query: 'select 1\0\0\u0001\0\0\0' })

    expect(reply).toMatchObject({
      status: 400,
      body: { message: 'error encoding message to server: string contains embedded null' },
    })
    expect(await send({ query: 'select 1' })).toMatchObject({ status: 200 })
  })
})
