import { describe, expect } from 'vitest'
import { readMigrations } from '../../scripts/migrations/files.ts'
import { buildFingerprint } from '../../scripts/migrations/scratch.ts'
import { writeScript } from '../../scripts/migrations/script.ts'
import { feedScript } from '../support/feed-script.ts'
import { test } from '../support/migration-test.ts'

/** Each of these lasts as long as the session. The last leaves a role that may not write the record. */
const files = {
  '0000_set': `create schema other;
set search_path = other;
select set_config('app.mood', 'cross', false);
set datestyle = 'SQL, DMY';
create temp table things ();
prepare later as select 1;
declare behind cursor with hold for select 1;
select pg_advisory_lock(1);
set role pg_database_owner;`,
  // A block may set what outlives its own transactions.
  '0001_alone': `-- migrate:no-transaction
do $$ begin perform set_config('search_path', 'other', false); commit; end $$`,
  '0002_seen': `create table here as select
  current_setting('search_path') as path, nullif(current_setting('app.mood', true), '') as mood,
  current_setting('datestyle') as dates, current_user = session_user as "isSelf",
  to_regclass('things')::text as things,
  (select count(*)::int from pg_prepared_statements where name <> '') as prepared,
  (select count(*)::int from pg_cursors where name <> '') as cursors,
  (select count(*)::int from pg_locks where locktype = 'advisory' and objid = 1 and pid = pg_backend_pid()) as locks`,
}

const fresh = {
  path: '"$user", public',
  mood: null,
  dates: 'ISO, MDY',
  isSelf: true,
  things: null,
  prepared: 0,
  cursors: 0,
  locks: 0,
}

describe('what a file sets in its session is gone before the next', () => {
  test('in db:migrate', async ({ database, project }) => {
    await project.migrations(files)

    await project.apply()

    expect(await database.query('select * from public.here')).toEqual([fresh])
  })

  test('in a script of db:sql', async ({ database, project }) => {
    const migrations = await readMigrations(await project.migrations(files))

    await feedScript(database, writeScript(migrations, undefined))

    expect(await database.query('select * from public.here')).toEqual([fresh])
  })

  test("in db:drift's scratch database", async ({ database, project }) => {
    const migrations = await readMigrations(await project.migrations(files))

    const lines = await buildFingerprint(database.url, migrations, new AbortController().signal)

    expect(lines).toContain('table public.here')
  })
})
