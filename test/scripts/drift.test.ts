import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect } from 'vitest'
import { queryAsSuperuser } from '../../packages/neon-local/test/support/superuser.ts'
import { readMigrations } from '../../scripts/migrations/files.ts'
import { compareFingerprints, readFingerprint } from '../../scripts/migrations/fingerprint.ts'
import { buildFingerprint } from '../../scripts/migrations/scratch.ts'
import { runOn } from '../support/database-command.ts'
import { house } from '../support/house.ts'
import { test } from '../support/migration-test.ts'

const scratches =
  "select datname from pg_database where datname like current_database() || '_scratch_%'"

describe('npm run db:drift', () => {
  test('finds none after db:migrate, whatever the migrations make', async ({
    database,
    project,
  }) => {
    await project.migrations(house)
    await project.apply()
    // What a session or a database prefers changes no structure.
    const name = new URL(database.url).pathname.slice(1)
    await database.query(`alter database ${name} set timezone = 'Asia/Tokyo'`)
    await database.query(`alter database ${name} set search_path = drizzle`)
    await database.query(`alter database ${name} set bytea_output = escape`)
    await database.query(`alter database ${name} set extra_float_digits = 0`)
    await database.query(`alter database ${name} set standard_conforming_strings = off`)
    // Nor does what the host brings.
    await database.query('create extension citext')

    const { code, output } = await runOn(database, project, 'drift')

    expect(output).toBe(
      'Note: only in the database: extension citext, which is no drift: the host may have brought ' +
        'it.\nThe database is what its 2 applied migrations make.\n',
    )
    expect(code).toBe(0)
  })

  test('names each change that was made by hand', async ({ database, project }) => {
    await project.migrations(house)
    await project.apply()
    await database.query(`
      alter table rooms add floor integer;
      alter table rooms alter name set default 'a cell';
      alter table rooms drop constraint rooms_name_length;
      alter table rooms add constraint rooms_name_length check (char_length(name) < 30) not valid;
      alter table rooms disable trigger rooms_touch;
      create or replace function shout(word text) returns text language sql immutable
        return upper(word) || '!!';
      drop index rooms_tags_idx;
      alter type mood add value 'glad';
      alter table visits disable row level security;
      create table letters ();`)
    await database.query('alter table rooms alter opened drop not null')
    await database.query('insert into rooms (number) values (1), (2)')
    const index = 'create unique index concurrently rooms_loud_key on rooms (loud)'
    await expect(database.query(index)).rejects.toThrow('could not create unique index')

    const { code, output } = await runOn(database, project, 'drift')

    expect(output.split('\n')).toEqual([
      'only in the database: column public.rooms.floor integer',
      'only in the database: column public.rooms.name text collate "C" not null default \'a cell\'::text',
      'only in the migrations: column public.rooms.name text collate "C" not null default \'a room\'::text',
      expect.stringMatching(
        /^only in the database: column public\.rooms\.opened timestamp\(3\) with/,
      ),
      expect.stringMatching(
        /^only in the migrations: column public\.rooms\.opened .* not null def/,
      ),
      'only in the migrations: constraint public.rooms.rooms_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 20)))',
      'only in the database: constraint public.rooms.rooms_name_length CHECK ((char_length(name) < 30)) NOT VALID',
      "only in the migrations: enum public.mood 'calm', 'cross'",
      "only in the database: enum public.mood 'calm', 'cross', 'glad'",
      expect.stringMatching(/^only in the database: function public\.shout\(text\) .*'!!'/),
      expect.stringMatching(/^only in the migrations: function public\.shout\(text\) .*'!'/),
      expect.stringMatching(/^only in the database: index public\.rooms_loud_key .* INVALID$/),
      expect.stringMatching(/^only in the migrations: index public\.rooms_tags_idx .*USING gin/),
      'only in the database: table public.letters',
      'only in the database: table public.visits partition by RANGE (day)',
      'only in the migrations: table public.visits partition by RANGE (day) row level security',
      expect.stringMatching(
        /^only in the migrations: trigger public\.rooms\.rooms_touch [^\\]*\)$/,
      ),
      expect.stringMatching(
        /^only in the database: trigger public\.rooms\.rooms_touch .* DISABLED$/,
      ),
      expect.stringMatching(/^The database is not what its migrations make of an empty one\./),
      '',
    ])
    expect(code).toBe(1)
    expect(await database.query(scratches)).toEqual([])
  })

  test('sees what a superuser has changed by hand, and what few tables have', {
    tags: ['slow'],
  }, async ({ database, project }) => {
    const migrations = await readMigrations(await project.migrations(house))
    await project.apply()
    await queryAsSuperuser(
      database.url,
      `
      alter table visits disable trigger all;
      alter table rooms alter id set increment 5 set maxvalue 99;
      alter sequence rooms_number_seq cycle;
      alter table rooms replica identity full;
      alter table rooms alter name set storage external, alter name set compression pglz;
      create collation german (provider = icu, locale = 'de-DE', deterministic = false);
      create cast (size as text) with inout as assignment;
      create operator @+@ (function = int4pl, leftarg = int4, rightarg = int4);
      create function watch() returns event_trigger language plpgsql as 'begin end';
      create event trigger watch on ddl_command_end execute function watch();
      create publication feed for table rooms where (id > 1);
      create rule hush as on delete to rooms do also select 1;
      alter table rooms disable rule hush;
      create domain word as text collate "C";
      create aggregate total (int) (sfunc = int4pl, stype = int, initcond = '0');
      create text search configuration plain (copy = simple);`,
    )

    const wanted = await buildFingerprint(database.url, migrations, new AbortController().signal)
    const found = compareFingerprints(await readFingerprint(await database.connect()), wanted)
    await queryAsSuperuser(database.url, 'drop event trigger watch; drop publication feed')

    const lines = found.filter(({ where }) => where === 'the database').map(({ line }) => line)
    expect(lines).toEqual([
      'cast public.size as text with inout on assignment',
      expect.stringMatching(/^collation public\.german .*"de-DE".*"collisdeterministic": false/),
      `column public.rooms.name text collate "C" not null default 'a room'::text storage external compression pglz`,
      'domain public.word text collate "C"',
      'event trigger watch on ddl_command_end public.watch()',
      'function public.total(integer) aggregate of int4pl integer 0',
      expect.stringMatching(/^function public\.watch\(\) /),
      'operator public.@+@(integer,integer) int4pl(integer,integer)',
      expect.stringMatching(/^publication feed .* public\.rooms .* where \(id > 1\)$/),
      expect.stringMatching(/^rule public\.rooms\.hush .* DISABLED$/),
      'sequence of public.rooms.id bigint start 1 increment 5 from 1 to 99 cache 1',
      'sequence of public.rooms.number integer start 1 increment 1 from 1 to 2147483647 cache 1 cycle',
      'table public.rooms replica identity full',
      'text search configuration public.plain',
      ...['visits', 'visits_2026'].flatMap((table) =>
        ['ins', 'upd'].map(
          (event) =>
            `trigger of public.${table}.visits_room_fkey on public.${table} "RI_FKey_check_${event}" DISABLED`,
        ),
      ),
    ])
  })

  test('compares with the migrations that are applied, not with those to come', {
    tags: ['slow'],
  }, async ({ database, project }) => {
    await project.migrations({ '0000_a': 'create table a ()' })
    await project.apply()
    await project.migrations({ '0000_a': 'create table a ()', '0001_b': 'create table b ()' })

    expect(await runOn(database, project, 'drift')).toMatchObject({ code: 0 })
  })

  test('says that the role may not create databases', { tags: ['slow'] }, async ({
    database,
    project,
  }) => {
    await database.query(`create role clerk login password 'canary'`)
    const url = Object.assign(new URL(database.url), { username: 'clerk', password: 'canary' }).href
    await project.migrations({ '0000_a': 'create table a ()' })

    const { code, output } = await runOn({ url }, project, 'drift')
    await database.query('drop role clerk')

    expect(output).toMatch(
      /^The role clerk may not create databases, .*: alter role clerk createdb\./,
    )
    expect(output).not.toContain('canary')
    expect(code).toBe(2)
  })

  test.for(['SIGINT', 'SIGTERM'] as const)(
    'leaves nothing behind at %s',
    { tags: ['slow'] },
    async (signal, { database, project }) => {
      // It is quick here and hangs in the scratch database, which has another name.
      const here = new URL(database.url).pathname.slice(1)
      await project.migrations({
        '0000_hang': `select pg_sleep(60) where current_database() <> '${here}'`,
      })
      await project.apply()
      const command = project.run('node', ['scripts/db/drift.ts'], { DATABASE_URL: database.url })
      await expect.poll(() => database.query(scratches), { timeout: 20_000 }).toHaveLength(1)
      await sleep(300)

      command.child.kill(signal)

      expect(await command.ended, command.output()).toBe(130)
      expect(await database.query(scratches)).toEqual([])
    },
  )
})
