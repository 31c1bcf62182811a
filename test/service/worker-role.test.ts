import pg from 'pg'
import { describe, expect, inject } from 'vitest'
import { asSuperuser } from '../../packages/neon-local/test/support/superuser.ts'
import { applyMigrations } from '../../scripts/migrations/apply.ts'
import { createEmptyDatabase } from '../support/empty-database.ts'
import { ada } from '../support/people.ts'
import { startService } from '../support/service.ts'
import { test as base } from '../support/test.ts'
import { asWorker } from '../support/worker-role.ts'

/** `run` runs SQL as the Worker's role, in the file's own database. */
const test = base.extend('run', async ({ database }, { onCleanup }) => {
  const client = new pg.Client({ connectionString: asWorker(database.url) })
  await client.connect()
  onCleanup(() => client.end())
  return async (sql: string) => (await client.query(sql)).rows
})

describe("the Worker's role", () => {
  test('is enough for the service', async ({ service }) => {
    const answers = [
      await service.request('POST', '/users', ada, { 'Idempotency-Key': 'once' }),
      await service.request('GET', '/users/1'),
      await service.request('PATCH', '/users/1', { name: 'Ada King' }),
      await service.request('DELETE', '/users/1'),
      await service.request('GET', '/readyz'),
    ]

    expect(answers.map(({ status }) => status)).toEqual([201, 200, 200, 204, 200])
    expect(service.logs().join('\n')).not.toContain('"warning"')
  })

  test.for([
    'create table public.mine ()',
    'create schema mine',
    'create function public.mine() returns integer language sql return 1',
    'create extension pgcrypto',
    'create role mine',
    'create database mine',
    'truncate users',
    'drop table users',
    'drop index users_email_key',
    'alter table users add column mine text',
    'alter table users disable trigger all',
    'alter table users owner to worker_of_the_tests',
    'alter default privileges for role neondb_owner grant all on tables to public',
    'set role neondb_owner',
    'create index on users (name)',
    'create trigger mine before insert on users execute function suppress_redundant_updates_trigger()',
    'create policy mine on users using (true)',
    'alter role worker_of_the_tests bypassrls',
    'grant pg_read_all_data to worker_of_the_tests',
    'set role postgres',
    "copy users to program 'true'",
    "copy users to '/tmp/users'",
    "select pg_read_file('postgresql.conf')",
    'select rolpassword from pg_authid',
    'insert into drizzle.__drizzle_migrations (hash) values (1)',
    'delete from drizzle.__drizzle_migrations',
    'alter system set fsync = off',
  ])('may not: %s', async (sql, { run }) => {
    await expect(run(sql)).rejects.toMatchObject({ code: '42501' })
  })

  test.for([
    ['the owner', (url: string) => url, 'ok'],
    // The functions are the superuser's, who alone can take them from everybody.
    ['a superuser', asSuperuser, '42501'],
  ] as const)(
    'may not fill the disk with what no table holds, as far as %s who migrates can forbid it',
    async ([, connect, outcome]) => {
      const database = await createEmptyDatabase(inject('postgresUrl'))
      await applyMigrations(connect(database.url))
      const client = new pg.Client({ connectionString: asWorker(database.url) })
      await client.connect()

      const outcomes = []
      for (const sql of [
        'create temporary table mine ()',
        'select lo_create(0)',
        'select lo_creat(-1)',
        "select lo_from_bytea(0, 'mine')",
      ]) {
        outcomes.push(
          await client.query(sql).then(
            () => 'ok',
            ({ code }) => code,
          ),
        )
      }
      await client.end()
      await database.drop()

      expect(outcomes).toEqual(['42501', outcome, outcome, outcome])
    },
  )

  test('reads what was migrated, passes no row security, and has its deadlines', async ({
    run,
  }) => {
    const [role] = await run(
      `select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication
       from pg_roles where rolname = current_user`,
    )

    expect(Object.values(Object(role))).toEqual([false, false, false, false, false])
    expect(await run('select count(*) > 0 as migrated from drizzle.__drizzle_migrations')).toEqual([
      { migrated: true },
    ])
    expect(await run('show statement_timeout')).toEqual([{ statement_timeout: '4s' }])
    expect(await run('show idle_in_transaction_session_timeout')).toEqual([
      { idle_in_transaction_session_timeout: '10s' },
    ])
  })

  test('may read and write the tables that later migrations create', async ({ database, run }) => {
    await database.query(
      'create table of_a_later_migration (id bigint generated always as identity, name text)',
    )

    await run("insert into of_a_later_migration (name) values ('attic')")
    await run("update of_a_later_migration set name = 'cellar'")

    expect(await run('select * from of_a_later_migration')).toEqual([{ id: '1', name: 'cellar' }])
    await expect(run('truncate of_a_later_migration')).rejects.toMatchObject({ code: '42501' })
    await database.query('drop table of_a_later_migration')
  })
})

describe('GET /readyz', () => {
  test("tells the log, and the log alone, that DATABASE_URL is the owner's", async ({
    database,
  }) => {
    const service = await startService(inject('workerDir'), {
      DATABASE_URL: database.url,
      NEON_ENDPOINT: inject('endpointUrl'),
    })

    const answer = await service.request('GET', '/readyz')
    const warnings = service.logs().filter((line) => line.includes('"warning"'))
    await service.close()

    expect(answer.status).toBe(200)
    expect(Object.keys(Object(answer.body))).toEqual(['status', 'version', 'versionId'])
    expect(warnings.map((line) => JSON.parse(line))).toEqual([
      { warning: expect.stringContaining('npm run db:role') },
    ])
  })
})
