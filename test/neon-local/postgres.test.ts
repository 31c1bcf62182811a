import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Postgres, startPostgres } from '../../neon-local/postgres.ts'
import { query } from './postgres-runs.ts'

const oddEnvironment = {
  LANG: 'xx_YY.UTF-8',
  LC_ALL: 'xx_YY.UTF-8',
  TZ: 'Asia/Tokyo',
  PGTZ: 'Asia/Tokyo',
  PGDATESTYLE: 'German',
  PGDATA: '/nowhere',
  PGPORT: '1',
}

let postgres: Postgres

beforeAll(async () => {
  const before = { ...process.env }
  Object.assign(process.env, oddEnvironment)
  postgres = await startPostgres().finally(() => {
    process.env = before
  })
})
afterAll(() => postgres.close())

describe('startPostgres', () => {
  test('answers the superuser at its URL, on loopback alone', async () => {
    const [row] = await query(
      postgres.url,
      `select usesuper, current_database() as name, current_setting('listen_addresses') as hosts,
         current_setting('unix_socket_directories') as sockets
       from pg_user where usename = current_user`,
    )

    expect(row).toMatchObject({ usesuper: true, name: 'postgres', sockets: '' })
    expect(row?.['hosts']).toMatch(/^127\.0\.0\.1(,::1)?$/)
    expect(new URL(postgres.url).port).toBe(`${postgres.port}`)
  })

  test('refuses a wrong password', async () => {
    const url = postgres.url.replace(':postgres@', ':wrong@')

    await expect(query(url, 'select')).rejects.toThrow('password authentication failed')
  })

  test.skipIf(process.platform === 'win32')('is out of reach of the Ctrl-C of its launcher', () => {
    // A terminal sends it to a process group, and the server is a group of its own.
    expect(() => process.kill(-postgres.pid, 0)).not.toThrow()
  })

  test('is the same on every machine, whatever the environment says', async () => {
    const names = ['TimeZone', 'DateStyle', 'IntervalStyle', 'lc_messages', 'server_encoding']
    const rows = await query(
      postgres.url,
      `select setting from unnest('{${names}}'::text[]) with ordinality as wanted (name, place)
       join pg_settings using (name) order by place`,
    )
    await query(
      postgres.url,
      "create table variables (line text); copy variables from program 'env'",
    )
    const variables = await query(postgres.url, "select from variables where line ~ 'xx_YY|Tokyo'")
    const [locale] = await query(
      postgres.url,
      `select datlocprovider, datlocale, lower('ÀÉЖ'), array['a', 'B', 'é', 'z'] = array(
         select letter from unnest('{z,é,B,a}'::text[]) as letter order by letter = 'B', letter
       ) as by_code_point
       from pg_database where datname = 'postgres'`,
    )

    expect(rows.map(({ setting }) => setting)).toEqual(['UTC', 'ISO, MDY', 'postgres', 'C', 'UTF8'])
    expect(variables).toEqual([])
    expect(locale).toMatchObject({ datlocprovider: 'b', datlocale: 'C.UTF-8', lower: 'àéж' })
  })

  test('puts nothing into /dev/shm, where a killed server would leave it', async () => {
    const [row] = await query(postgres.url, "select current_setting('dynamic_shared_memory_type')")

    expect(row).toEqual({ current_setting: 'mmap' })
  })

  test('takes further settings, but for those that it needs', async () => {
    await using stack = new AsyncDisposableStack()
    const own = await startPostgres({
      settings: { shared_buffers: '64MB', timezone: 'Asia/Tokyo' },
    })
    stack.defer(() => own.close())

    const [row] = await query(
      own.url,
      "select current_setting('shared_buffers') as buffers, current_setting('timezone') as zone",
    )

    expect(row).toEqual({ buffers: '64MB', zone: 'UTC' })
  })

  test('finds letters beyond ASCII with pg_trgm', async () => {
    const url = await postgres.createDatabase('letters')
    await query(url, 'create extension pg_trgm')

    const [row] = await query(url, "select cardinality(show_trgm('Жук')) as trigrams")

    expect(row).toEqual({ trigrams: 4 })
  })
})
