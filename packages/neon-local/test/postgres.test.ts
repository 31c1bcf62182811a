import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { ownerName } from '../src/postgres/owner.ts'
import { type Postgres, startPostgres } from '../src/postgres.ts'
import { query } from './support/postgres-runs.ts'

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
  for (const [name, value] of Object.entries(oddEnvironment)) {
    vi.stubEnv(name, value)
  }
  const settings = { shared_buffers: '64MB', timezone: 'Asia/Tokyo' }
  postgres = await startPostgres({ settings }).finally(() => vi.unstubAllEnvs())
})
afterAll(() => postgres.close())

describe('startPostgres', () => {
  test('answers the owner at its URL, and the superuser at another, on loopback alone', async () => {
    const sql = `
      select usesuper, current_database() as name, current_setting('listen_addresses') as hosts
      from pg_user where usename = current_user`
    const [owner] = await query(postgres.url, sql)
    const [superuser] = await query(postgres.superuserUrl(), sql)
    const [sockets] = await query(postgres.superuserUrl(), 'show unix_socket_directories')

    expect(owner).toMatchObject({ usesuper: false, name: 'postgres' })
    expect(superuser).toMatchObject({ usesuper: true, name: 'postgres' })
    expect(owner?.['hosts']).toMatch(/^127\.0\.0\.1(,::1)?$/)
    expect(sockets).toEqual({ unix_socket_directories: '' })
    expect(new URL(postgres.url).port).toBe(`${postgres.port}`)
  })

  test('lets nobody in without a password that is good, by no way', async () => {
    const ways = await query(
      postgres.superuserUrl(),
      'select distinct auth_method from pg_hba_file_rules',
    )
    const urls = ['postgres', ownerName].flatMap((user) =>
      ['postgres', 'wrong', user].flatMap((password) =>
        ['127.0.0.1', '[::1]'].map(
          (host) => `postgresql://${user}:${password}@${host}:${postgres.port}/postgres`,
        ),
      ),
    )

    expect(ways).toEqual([{ auth_method: 'scram-sha-256' }])
    for (const url of urls) {
      await expect(query(url, 'select')).rejects.toThrow('password authentication failed')
    }
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
      postgres.superuserUrl(),
      "create table variables (line text); copy variables from program 'env'",
    )
    const variables = await query(
      postgres.superuserUrl(),
      "select from variables where line ~ 'xx_YY|Tokyo'",
    )
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
    const [row] = await query(
      postgres.url,
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
