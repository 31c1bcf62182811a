import { NeonDbError, neon } from '@neondatabase/serverless'
import pg from 'pg'
import { describe, expect } from 'vitest'
import { startEndpoint } from '../src/endpoint.ts'
import { test as base } from './support/neon-endpoint.ts'
import { useEndpoint } from './support/use-endpoint.ts'

const test = base.extend('sql', { scope: 'file' }, ({ endpoint, database }) => {
  useEndpoint(endpoint.url)
  return neon(database.url)
})

describe('the driver of @neondatabase/serverless', () => {
  test('composes templates', async ({ sql }) => {
    const name = 'composed'
    await sql`create table ${sql.unsafe(name)} (id int primary key, label text)`
    const where = (id: number) => sql`where id = ${id}`

    await sql`insert into ${sql.unsafe(name)} values (${1}, ${"it's"}), (${2}, ${null})`
    const rows = await sql`select * from ${sql.unsafe(name)} ${where(1)}`

    expect(rows).toEqual([{ id: 1, label: "it's" }])
  })

  test('sends and receives bytes', async ({ sql }) => {
    const bytes = new Uint8Array(65_536).map((_, index) => index % 256)

    const [row] = await sql`select ${bytes} as bytes`
    const text = await sql.query('select $1 as text', [new Uint8Array([65, 66, 67])])

    expect(row?.['bytes']).toEqual(Buffer.from(bytes))
    expect(text).toEqual([{ text: '\\x414243' }])
  })

  test('gives up at its deadline, and not before', async ({ sql }) => {
    const within = (ms: number) => ({ fetchOptions: { signal: AbortSignal.timeout(ms) } })

    const late = sql.query('select pg_sleep(2)', [], within(250))
    const soon = sql.query('select pg_sleep(0.25)', [], within(2_500))

    await expect(late).rejects.toThrow(/aborted/)
    expect(await soon).toEqual([{ pg_sleep: '' }])
  })

  test.for([
    [false, false, [{ n: 1 }]],
    [true, false, [[1]]],
    [false, true, { rows: [{ n: 1 }], rowAsArray: false, command: 'SELECT', rowCount: 1 }],
    [true, true, { rows: [[1]], rowAsArray: true, fields: [{ name: 'n', dataTypeID: 23 }] }],
  ] as const)(
    'with arrayMode %s and fullResults %s answers %j',
    async ([arrayMode, fullResults, expected], { sql }) => {
      const result = await sql.query('select 1 as n', [], { arrayMode, fullResults })

      expect(result).toMatchObject(expected)
    },
  )

  test('throws the error that pg throws', async ({ sql, database }) => {
    const query = 'select 123 where x'
    const ours: unknown = await sql.query(query).catch((error) => error)
    const theirs: unknown = await database.pool.query(query).catch((error) => error)
    if (!(ours instanceof NeonDbError && theirs instanceof pg.DatabaseError)) {
      throw new TypeError('Both should have failed.')
    }

    const { length, name, ...fields } = theirs
    expect(ours.message).toBe(theirs.message)
    expect({ ...ours }).toMatchObject(fields)
  })

  test('is told of too few and too many parameters', async ({ sql }) => {
    await expect(sql.query('select $1', [])).rejects.toThrow('bind message supplies 0 parameters')
    await expect(sql.query('select $1', [1, 2])).rejects.toThrow('bind message supplies 2')
  })

  test('is told of a wrong password and of a wrong user', async ({ sql: _, database }) => {
    for (const parts of [{ password: 'wrong' }, { username: 'nobody' }] as Partial<URL>[]) {
      const wrong = neon(Object.assign(new URL(database.url), parts).href)

      const error: unknown = await wrong`select 1`.catch((reason) => reason)

      expect(error).toBeInstanceOf(NeonDbError)
      expect(error).toMatchObject({
        code: '',
        message: expect.stringContaining('password authentication failed for user'),
      })
    }
  })

  test('says that nobody answers', async ({ sql: _, database, endpoint }) => {
    const closed = await startEndpoint({ postgresUrl: database.url })
    await closed.close()
    useEndpoint(closed.url)

    const error: unknown = await neon(database.url)`select 1`.catch((reason) => reason)
    useEndpoint(endpoint.url)

    expect(error).toMatchObject({
      name: 'NeonDbError',
      message: expect.stringContaining('Error connecting to database'),
      sourceError: { cause: { code: 'ECONNREFUSED' } },
    })
  })
})
