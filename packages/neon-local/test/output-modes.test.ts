import { describe, expect } from 'vitest'
import { raw, test } from './support/neon-endpoint.ts'

const query = `select 1 as n, 'a' as s, '{1,2,3}'::int4[] as arr, null::text as nothing`

/** The text of the headers, and the row that they give. */
const modes = [
  ['', '', { arr: [1, 2, 3], n: 1, s: 'a', nothing: null }],
  ['', 'true', [1, 'a', [1, 2, 3], null]],
  ['true', '', { arr: '{1,2,3}', n: '1', s: 'a', nothing: null }],
  ['true', 'true', ['1', 'a', '{1,2,3}', null]],
  // Anything but exactly `true` is false.
  ['TRUE', '1', { arr: [1, 2, 3], n: 1, s: 'a', nothing: null }],
  ['false', 'yes', { arr: [1, 2, 3], n: 1, s: 'a', nothing: null }],
] as const

describe('the output', () => {
  test.for(modes)(
    'with raw "%s" and array "%s" is %j',
    async ([rawText, arrayMode, row], { send }) => {
      const headers = { 'Neon-Raw-Text-Output': rawText, 'Neon-Array-Mode': arrayMode }

      const { body } = await send({ query }, headers)

      expect(body).toMatchObject({ rows: [row], rowAsArray: Array.isArray(row) })
    },
  )

  test('of each query in a batch has the mode that the query asks for', async ({ send }) => {
    const select = 'select 1 as n'
    const queries = [{}, { arrayMode: true }, { arrayMode: false }, { arrayMode: null }].map(
      (mode) => ({ query: select, ...mode }),
    )

    const asObjects = await send({ queries })
    const asArrays = await send({ queries }, { 'Neon-Array-Mode': 'true' })

    const object = { rows: [{ n: 1 }], rowAsArray: false }
    const array = { rows: [[1]], rowAsArray: true }
    expect(asObjects.body).toMatchObject({ results: [object, array, object, object] })
    expect(asArrays.body).toMatchObject({ results: [array, array, object, array] })
  })

  test('of a single query has the mode that the query asks for', async ({ send }) => {
    const { body } = await send({ query, arrayMode: true })

    expect(body).toMatchObject({ rows: [[1, 'a', [1, 2, 3], null]], rowAsArray: true })
  })

  test('keeps two columns of one name', async ({ send }) => {
    const twice = { query: 'select 1 as n, 2 as n' }

    expect((await send(twice, raw)).body).toMatchObject({ rows: [['1', '2']] })
    expect((await send(twice)).body).toMatchObject({
      rows: [{ n: 2 }],
      fields: [{ name: 'n' }, { name: 'n' }],
    })
  })

  test('in raw mode is exactly what PostgreSQL prints', async ({ send, database }) => {
    const values = [
      'true',
      `'{1,2,3}'::int[]`,
      `'{"a":1}'::jsonb`,
      `'\\x4142'::bytea`,
      `'2024-01-01 00:00:00.123+00'::timestamptz`,
      `'1 year 2 days'::interval`,
      `'(1,2)'::point`,
      '1.50::numeric',
      '0.1::float4',
      `''::text`,
    ]
    const text = `select ${values.map((value) => `(${value})::text`).join()}`
    const { rows } = await database.pool.query({ text, rowMode: 'array' })

    const { body } = await send({ query: `select ${values.join()}` }, raw)

    // In text, true is printed as `true`; as a value, it is `t`.
    expect(body).toMatchObject({ rows: [['t', ...(rows[0]?.slice(1) ?? [])]] })
    expect((await send({ query: 'select pg_sleep(0)' }, raw)).body).toMatchObject({ rows: [['']] })
  })
})
