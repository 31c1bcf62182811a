import { neon } from '@neondatabase/serverless'
import { describe, expect } from 'vitest'
import { test as base } from './support/neon-endpoint.ts'
import { useEndpoint } from './support/use-endpoint.ts'

const test = base.extend('sql', { scope: 'file' }, ({ endpoint, database }) => {
  useEndpoint(endpoint.url)
  return neon(database.url)
})

const isolation = 'transaction_isolation'

describe('transaction() of the driver', () => {
  test('takes an array of queries', async ({ sql }) => {
    const rows = await sql.transaction([sql`select ${1}::int as n`, sql`select ${'hello'} as text`])

    expect(rows).toEqual([[{ n: 1 }], [{ text: 'hello' }]])
  })

  test('takes a function', async ({ sql }) => {
    const rows = await sql.transaction((txn) => [
      txn`select ${2}::int as n`,
      txn`select ${'goodbye'} as text`,
    ])

    expect(rows).toEqual([[{ n: 2 }], [{ text: 'goodbye' }]])
  })

  test('takes templates and query() together', async ({ sql }) => {
    const rows = await sql.transaction([
      sql`select ${1}::int as n`,
      sql.query('select $1::int as n', [2]),
    ])

    expect(rows).toEqual([[{ n: 1 }], [{ n: 2 }]])
  })

  test('takes nothing', async ({ sql }) => {
    expect(await sql.transaction([])).toEqual([])
    expect(await sql.transaction(() => [])).toEqual([])
  })

  test('takes options', async ({ sql }) => {
    const rows = await sql.transaction(
      (txn) => [
        txn`show transaction_isolation`,
        txn`show transaction_read_only`,
        txn`show transaction_deferrable`,
      ],
      { arrayMode: true, isolationLevel: 'Serializable', readOnly: true, deferrable: true },
    )

    expect(rows).toEqual([[['serializable']], [['on']], [['on']]])
  })

  test('takes the options of neon() where it has none', async ({ sql: _, database }) => {
    const sql = neon(database.url, { arrayMode: true, isolationLevel: 'RepeatableRead' })

    const rows = await sql.transaction((txn) => [txn`show transaction_isolation`])

    expect(rows).toEqual([[['repeatable read']]])
  })

  test('prefers its own options to those of neon()', async ({ sql: _, database }) => {
    const sql = neon(database.url, { arrayMode: true, isolationLevel: 'RepeatableRead' })

    const rows = await sql.transaction([sql`show transaction_isolation`], {
      arrayMode: false,
      isolationLevel: 'ReadCommitted',
    })

    expect(rows).toEqual([[{ [isolation]: 'read committed' }]])
  })

  test('prefers the options of a query to its own', async ({ sql }) => {
    const rows = await sql.transaction((txn) => [
      txn`select ${1}::int as n`,
      // @ts-expect-error The types know nothing of it, but the driver heeds it.
      txn.query('select $1 as text', ['hello'], { arrayMode: true }),
    ])

    expect(rows).toEqual([[{ n: 1 }], [['hello']]])
  })

  test('gives full results', async ({ sql }) => {
    const results = await sql.transaction([sql`select 1 as n`, sql`select 2 where false`], {
      fullResults: true,
    })

    expect(results).toMatchObject([
      { rows: [{ n: 1 }], rowCount: 1, command: 'SELECT', fields: [{ name: 'n' }] },
      { rows: [], rowCount: 0 },
    ])
  })

  test('is undone as a whole, with the error of PostgreSQL', async ({ sql }) => {
    await sql`create table undone (n int unique)`
    const failing = sql.transaction([
      sql`insert into undone values (1)`,
      sql`insert into undone values (1)`,
    ])

    await expect(failing).rejects.toMatchObject({ code: '23505', constraint: 'undone_n_key' })
    expect(await sql`select * from undone`).toEqual([])
  })

  test('refuses what is no query before anything is sent', async ({ sql }) => {
    const message = 'transaction() expects an array of queries'

    // @ts-expect-error A bare string is no query.
    await expect(sql.transaction([sql`select 1`, 'select 2'])).rejects.toThrow(message)
    // @ts-expect-error A bare string is no query.
    await expect(sql.transaction((txn) => [txn`select 1`, 'select 2'])).rejects.toThrow(message)
    // @ts-expect-error A query alone is no array of queries.
    await expect(sql.transaction(sql`select 1`)).rejects.toThrow(message)
  })
})
