// Takes over ten seconds on a busy machine: the old cluster is made first, and six servers start on it.

import { cpSync, existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Postgres, startPostgres } from 'neon-local'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { ownerName } from '../../packages/neon-local/src/postgres/owner.ts'
import {
  createFolder,
  familyOf,
  launch,
  makeFolder,
  query,
  signalAll,
  untilGone,
} from '../../packages/neon-local/test/support/postgres-runs.ts'
import { applyMigrations } from '../../scripts/migrations/apply.ts'
import { makeWorkerRole } from '../../scripts/postgres/worker-role.ts'
import { runOn } from '../support/database-command.ts'
import { writeMigrations } from '../support/migration-folder.ts'
import { makeOldDataFolder } from '../support/old-data-folder.ts'
import { linkProject } from '../support/project.ts'

const odd = 'Other "db" 50%'
const objects = readFileSync(join(import.meta.dirname, '../support/old-objects.sql'), 'utf8')
const history = { '0000_a': 'create table a (id int)', '0001_b': 'create table b (id int)' }

let old: string
let migrations: string
/** One that was taken over, for all tests that need not stop it. */
let postgres: Postgres

beforeAll(async () => {
  const folder = createFolder()
  old = join(folder, 'data')
  migrations = await writeMigrations(folder, history)
  await makeOldDataFolder(old, async (create) => {
    const url = await create('edge_users')
    await applyMigrations(url)
    await makeWorkerRole(url, 'worker', 'worker')
    await query(url, "insert into users (name, email) values ('Ada', 'ada@example.com')")
    await query(await create(odd), objects)
    await applyMigrations(await create('history'), { folder: migrations })
    await query(
      await create('frozen'),
      `create table x_frozen ();
       alter database frozen set default_transaction_read_only = on`,
    )
    await query(await create('template1'), 'create table x_in_every_new_one ()')
    await query(await create('postgres'), 'create table x_in_the_first_one as select 42 as id')
  })
  const dataDir = join(folder, 'taken over')
  cpSync(old, dataDir, { recursive: true, preserveTimestamps: true })
  postgres = await startPostgres({ dataDir })
  return async () => {
    await postgres.close()
    rmSync(folder, { recursive: true })
  }
})

/** A folder of the test's own, as the version before has left it. */
function copyOld(): string {
  const dataDir = join(makeFolder(), 'data')
  cpSync(old, dataDir, { recursive: true, preserveTimestamps: true })
  return dataDir
}

async function start(dataDir: string): Promise<Postgres> {
  const postgres = await startPostgres({ dataDir })
  onTestFinished(() => postgres.close())
  return postgres
}

/** What the superuser owns that neither PostgreSQL nor an extension brought along, in every catalog. */
async function superusers(url: string): Promise<string[]> {
  const catalogs = await query(
    url,
    `select attrelid::regclass::text as catalog, attname as owner
     from pg_attribute join pg_class on pg_class.oid = attrelid
     where relkind = 'r' and relnamespace = 'pg_catalog'::regnamespace
       and atttypid = 'oid'::regtype and attname ~ '(owner|dba)$'`,
  )
  const each = catalogs.map(
    ({ catalog, owner }) => `
      select type || ' ' || identity as name
      from ${catalog}, pg_identify_object(
        case '${catalog}' when 'pg_largeobject_metadata' then 'pg_largeobject'
          else '${catalog}' end::regclass, ${catalog}.oid, 0)
      where ${owner} = 10 and (${catalog}.oid >= 16384 or '${catalog}' = 'pg_largeobject_metadata')
        and not exists (select from pg_depend
          where classid = '${catalog}'::regclass and objid = ${catalog}.oid and objsubid = 0
            and deptype in ('e', 'i'))
        and identity !~ 'pg_toast'`,
  )
  const rows = await query(url, `${each.join(' union all ')} order by 1`)
  return rows.map(({ name }) => String(name))
}

/** Who owns and may do what, in every database. */
async function rights({ superuserUrl }: Postgres): Promise<unknown> {
  const all = [query(superuserUrl(), 'select * from pg_auth_members order by oid')]
  for (const database of ['postgres', 'edge_users', odd]) {
    all.push(
      query(superuserUrl(database), 'select * from pg_default_acl order by oid'),
      query(superuserUrl(database), 'select oid, relowner, relacl from pg_class order by oid'),
      query(superuserUrl(database), 'select oid, proowner, proacl from pg_proc order by oid'),
      query(superuserUrl(database), 'select * from pg_shdepend order by 1, 2, 3, 4, 5, 6, 7'),
      query(superuserUrl(database), 'select * from pg_database order by oid'),
    )
  }
  return Promise.all(all)
}

describe('a data folder of the version before', () => {
  test('is given to the owner, object by object', async () => {
    const left = await Promise.all(
      ['postgres', 'edge_users', 'history', odd, 'template1', 'frozen'].map((name) =>
        superusers(postgres.superuserUrl(name)),
      ),
    )

    // Only a superuser may own them; and what it runs at every change must not be another's.
    const kept = [
      'event trigger x_event',
      'extension hstore',
      'foreign-data wrapper x_wrapper',
      'function public.x_event()',
      'publication x_publication_of_all',
    ]
    const [first, users, migrated, other, template, frozen] = left
    expect([first, migrated, template, frozen]).toEqual([[], [], [], []])
    expect(users).toEqual(['extension pg_trgm'])
    expect(other).toEqual(kept)
    const [owners] = await query(
      postgres.url,
      `select array_agg(datname::text order by datname) as owned from pg_database
       where datdba = 'neondb_owner'::regrole`,
    )
    expect(owners).toEqual({ owned: ['edge_users', 'frozen', 'history', odd, 'postgres'].sort() })
  })

  test('gives the owner its roles and default privileges, and no way to more', async () => {
    const other = await postgres.createDatabase('clone to make in', { template: odd })

    const members = await query(
      postgres.url,
      `select roleid::regrole::text as role from pg_auth_members
       where member = 'neondb_owner'::regrole and admin_option order by 1`,
    )
    await query(
      other,
      `create table x_schema.later (); create sequence x_schema.later_ids;
       create function x_later() returns int language sql return 1; create type x_later as enum ()`,
    )
    const granted = await query(
      other,
      `select has_table_privilege('x_reader', 'x_schema.later', 'select, insert') as tables,
         has_sequence_privilege('x_login', 'x_schema.later_ids', 'usage') as sequences,
         has_function_privilege('x_reader', 'x_later()', 'execute') as functions,
         has_function_privilege('neondb_owner', 'x_later()', 'execute') as own,
         has_type_privilege('x_reader', 'x_later', 'usage with grant option') as types`,
    )

    expect(members.map(({ role }) => role)).toEqual([
      'edge_users_worker',
      'worker',
      'x_login',
      'x_reader',
    ])
    expect(granted).toEqual([
      { tables: true, sequences: true, functions: false, own: true, types: true },
    ])
    await expect(query(postgres.url, 'set role x_program')).rejects.toThrow('permission denied')
  })

  test('keeps its data, which the owner can read and change', async () => {
    const other = postgres.databaseUrl(odd)

    expect(await query(postgres.databaseUrl('edge_users'), 'select name from users')).toEqual([
      { name: 'Ada' },
    ])
    expect(await query(postgres.url, 'select * from x_in_the_first_one')).toEqual([{ id: 42 }])
    expect(await query(other, 'select note from x_table')).toEqual([
      { note: 'kept' },
      { note: 'too' },
    ])
    expect(await query(other, "select nextval('x_sequence'), x_secure()")).toEqual([
      { nextval: '42', x_secure: ownerName },
    ])
    await query(
      other,
      `insert into x_table (note) values ('new'); refresh materialized view x_materialized;
       alter table x_parted add extra int; drop schema x_schema cascade; alter type x_enum add value 'three'`,
    )
    // The trigger of the superuser has seen these statements, and none of the takeover's.
    expect(await query(other, 'select tag from x_seen order by tag')).toEqual([
      { tag: 'ALTER TABLE' },
      { tag: 'ALTER TYPE' },
      { tag: 'DROP SCHEMA' },
      { tag: 'REFRESH MATERIALIZED VIEW' },
    ])
    // Clones are whole, too.
    const clone = await postgres.createDatabase('clone', { template: odd })
    await query(clone, 'drop table x_table cascade')
    await query(await postgres.createDatabase('new'), 'drop table x_in_every_new_one')
  })

  test.for(['postgres', 'worker'])(
    'lets nobody in as %s by a password that was known',
    async (user) => {
      const url = Object.assign(new URL(postgres.url), { username: user, password: user })
      if (user === 'worker') {
        await makeWorkerRole(postgres.databaseUrl('edge_users'), user)
      }

      await expect(query(url.href, 'select')).rejects.toThrow('password authentication failed')
    },
  )

  const commands = 'is migrated and compared as the owner, who makes roles and takes steps back'
  test(commands, { tags: ['slow'] }, async () => {
    const postgres = await start(copyOld())
    const project = await linkProject()
    onTestFinished(() => project.remove())
    const users = { url: postgres.databaseUrl('edge_users') }

    const runs = [
      await runOn(users, project, 'migrate'),
      await runOn(users, project, 'drift'),
      await runOn(users, project, 'role', '--name', 'worker'),
      await runOn(users, project, 'role', '--name', 'another_worker'),
    ]
    await writeMigrations(project.directory, history)
    await project.write('drizzle/0001_b.down.sql', 'drop table b')
    runs.push(await runOn({ url: postgres.databaseUrl('history') }, project, 'down'))

    expect(runs.map(({ code, output }) => (code === 0 ? code : output))).toEqual([0, 0, 0, 0, 0])
  })

  test('is whole when it is taken over a second time, and nothing changes', {
    tags: ['slow'],
  }, async () => {
    const dataDir = copyOld()
    const first = await startPostgres({ dataDir })
    const before = await rights(first)
    await first.close()
    const { mode } = statSync(join(dataDir, 'passwords.json'))

    const second = await startPostgres({ dataDir })
    const reopened = await rights(second)
    await second.close()
    rmSync(join(dataDir, 'passwords.json'))
    const third = await start(dataDir)

    expect(mode & 0o777).toBe(0o600)
    expect(second.url).toContain(new URL(first.url).password)
    expect(reopened).toEqual(before)
    expect(new URL(third.url).password).not.toBe(new URL(first.url).password)
    expect(await rights(third)).toEqual(before)
  })

  test('outlives kill -9 of everything in the middle of its takeover', {
    tags: ['slow'],
  }, async () => {
    const dataDir = copyOld()
    const pidFile = join(dataDir, 'cluster/postmaster.pid')
    launch({ dataDir }).catch(() => {})
    // It is taken over as soon as its server is ready.
    const isReady = () => existsSync(pidFile) && readFileSync(pidFile, 'utf8').includes('ready')
    await expect.poll(isReady, { interval: 5 }).toBe(true)
    await killAll(launcherOf(dataDir))

    await expectWhole(dataDir)
  })

  const anyMoment = 'outlives kill -9 of everything at any moment of its takeover'
  test(anyMoment, { tags: ['slow'] }, async () => {
    const dataDir = copyOld()
    let launcher = 0
    for (let milliseconds = 0; !existsSync(join(dataDir, 'passwords.json')); milliseconds += 100) {
      launch({ dataDir }).catch(() => {})
      await expect
        .poll(() => [0, launcher].includes(launcherOf(dataDir)), { interval: 5 })
        .toBe(false)
      launcher = launcherOf(dataDir)
      await sleep(milliseconds)
      await killAll(launcher)
    }

    await expectWhole(dataDir)
  })
})

async function killAll(launcher: number): Promise<void> {
  const family = familyOf(launcher)
  signalAll(family, 'SIGKILL')
  await untilGone(family)
}

async function expectWhole(dataDir: string): Promise<void> {
  const started = await start(dataDir)
  expect(await superusers(started.superuserUrl('edge_users'))).toEqual(['extension pg_trgm'])
  expect(await query(started.databaseUrl('edge_users'), 'select name from users')).toEqual([
    { name: 'Ada' },
  ])
}

function launcherOf(dataDir: string): number {
  const file = join(dataDir, 'launcher.pid')
  return existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) || 0 : 0
}
