// Takes over ten seconds: each test runs the command, and drizzle-kit some of them.

import { createHash } from 'node:crypto'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import { describe, expect } from 'vitest'
import { exitCodes } from '../../scripts/command/command.ts'
import { applyMigrations } from '../../scripts/migrations/apply.ts'
import { test } from '../support/migration-test.ts'

const first = 'create table people (id int primary key, name text);'
const second =
  "insert into people values (1, 'Ada');\n--> statement-breakpoint\ninsert into people values (2, 'Grace');"

const recorded = 'select hash, created_at from drizzle.__drizzle_migrations order by created_at'

describe('npm run db:migrate', () => {
  test('applies each file once, in order, and says how long it took', async ({
    project,
    database,
  }) => {
    await project.migrations({ '0000_first': first, '0001_second': second })

    const command = project.migrate()
    await command.ended
    const again = project.migrate()

    expect([await command.ended, await again.ended]).toEqual([0, 0])
    expect(command.output()).toMatch(
      /^ {2}0000_first {2}\d+ ms\n {2}0001_second {2}\d+ ms\nThe database is up to date\.\n$/,
    )
    expect(again.output()).toBe('The database is up to date.\n')
    expect(await database.query('select id from people order by id')).toEqual([
      { id: 1 },
      { id: 2 },
    ])
    expect(await database.query(recorded)).toMatchObject([{ created_at: '1' }, { created_at: '2' }])
  })

  test('keeps the good files when the next one fails, and nothing of that', async ({
    project,
    database,
  }) => {
    const bad = `insert into people values (3, 'Linus');\n--> statement-breakpoint\nselect 1 / 0;`
    await project.migrations({ '0000_first': first, '0001_bad': bad, '0002_second': second })

    const command = project.migrate()

    expect(await command.ended).toBe(1)
    expect(command.output()).toContain(
      '0001_bad failed: division by zero (22012). Nothing of it was kept.\n  in: select 1 / 0;\n',
    )
    expect(command.output()).not.toMatch(/^\s+at /m)
    expect(await database.query('select * from people')).toEqual([])
    expect(await database.query(recorded)).toHaveLength(1)
  })

  test('runs what no transaction can hold by itself', async ({ project, database }) => {
    await project.migrations({
      '0000_first': first,
      '0001_index':
        '-- migrate:no-transaction\ncreate index concurrently people_name_idx on people (name);',
      '0002_mood': "create type mood as enum ('sad');",
      '0003_happy': "-- migrate:no-transaction\nalter type mood add value if not exists 'happy';",
      '0004_default': "alter table people add column mood mood default 'happy';",
    })

    await project.apply()

    expect(
      await database.query(
        "select indisvalid from pg_index where indexrelid = 'people_name_idx'::regclass",
      ),
    ).toEqual([{ indisvalid: true }])
  })

  test('replaces the invalid index that a runner left which was cut off', async ({
    project,
    database,
  }) => {
    const index = 'create unique index concurrently people_name_idx on people (name);'
    await project.migrations({
      '0000_first': first,
      '0001_index': `-- migrate:no-transaction\n${index}`,
    })
    await database.query(first)
    await database.query("insert into people values (1, 'Ada'), (2, 'Ada')")
    await database.query(index).catch(() => {})
    await database.query('create schema drizzle')
    await project.migrations({
      '0000_first': 'select 1;',
      '0001_index': `-- migrate:no-transaction\n${index}`,
    })

    await expect(project.apply()).rejects.toThrow(
      '0001_index failed: could not create unique index',
    )
    await database.query('delete from people where id = 2')
    await project.apply()

    expect(
      await database.query(
        "select indisvalid from pg_index where indexrelid = 'people_name_idx'::regclass",
      ),
    ).toEqual([{ indisvalid: true }])
  })

  test('says how to go on when a run that was cut off has built the index', async ({
    project,
    database,
  }) => {
    const index = 'create index concurrently people_name_idx on people (name);'
    await project.migrations({
      '0000_first': first,
      '0001_index': `-- migrate:no-transaction\n${index}`,
    })
    await project.apply()
    await database.query('delete from drizzle.__drizzle_migrations where created_at = 2')

    await expect(project.apply()).rejects.toThrow(
      /already exists \(42P07\)\. If a run that was cut off has done it already, write `if not exists`/,
    )
  })

  test("takes turns with Drizzle's own migrator", async ({ project, database }) => {
    const client = await database.connect()
    const migrateByDrizzle = () => migrate(drizzle(client), { migrationsFolder: project.folder })
    const files = { '0000_first': first, '0001_second': second }

    await project.migrations({ '0000_first': first })
    await migrateByDrizzle()
    await project.migrations(files)
    await project.apply()
    await project.migrations({ ...files, '0002_third': 'drop table people;' })
    await migrateByDrizzle()
    await project.apply()

    expect(await database.query(recorded)).toHaveLength(3)
  })

  test('takes turns with drizzle-kit', { tags: ['slow'] }, async ({ project, database }) => {
    await project.link('drizzle.config.ts')
    const kit = () => project.run('drizzle-kit', ['migrate'], { DATABASE_URL: database.url })
    await project.migrations({ '0000_first': first })

    const opening = kit()
    expect(await opening.ended, opening.output()).toBe(0)
    await project.migrations({ '0000_first': first, '0001_second': second })
    await project.apply()
    await project.migrations({
      '0000_first': first,
      '0001_second': second,
      '0002_third': 'drop table people;',
    })
    const third = kit()
    expect(await third.ended, third.output()).toBe(0)
    const applied: string[] = []
    await applyMigrations(database.url, {
      folder: project.folder,
      onApplied: (tag) => applied.push(tag),
    })

    expect(applied).toEqual([])
    expect(await database.query(recorded)).toHaveLength(3)
  })

  test('takes an edited file for another history', async ({ project }) => {
    await project.migrations({ '0000_first': first })
    await project.apply()
    await project.migrations({ '0000_first': `${first}\n` })

    const command = project.migrate()

    expect(await command.ended).toBe(5)
    expect(command.output()).toMatch(/^0000_first\.sql was edited after it was applied\..*\n$/)
  })

  test("refuses Neon's pooled host", async ({ project }) => {
    const command = project.run('node', ['scripts/db/migrate.ts'], {
      DATABASE_URL_DIRECT: 'postgresql://owner:canary@ep-cool-1-pooler.eu.aws.neon.tech/users',
    })

    expect(await command.ended).toBe(2)
    expect(command.output()).toMatch(/^ep-cool-1-pooler\.eu\.aws\.neon\.tech is Neon's pooled host/)
    expect(command.output()).not.toContain('canary')
  })

  test('sets its timeouts in the session', async ({ project, database }) => {
    await project.migrations({
      '0000_first':
        "create table seen as select current_setting('lock_timeout') as lock, current_setting('statement_timeout') as statement;",
    })

    const command = project.migrate('--lock-timeout', '700')

    expect(await command.ended, command.output()).toBe(0)
    expect(await database.query('select * from seen')).toEqual([
      { lock: '700ms', statement: '1min' },
    ])
  })
})

describe('a file that ends its transaction', () => {
  test.for([
    ['is refused', 'create table zz (a int);\ncommit;\nselect 1/0;'],
    ['after a nested comment', '/* a /* b */ c */ end;'],
    ['beside a savepoint', 'savepoint a; rollback to savepoint a; rollback'],
  ] as const)('%s before any SQL', async ([, sql], { project, database }) => {
    await project.migrations({ '0000_first': sql })

    await expect(project.apply()).rejects.toThrow(
      /^0000_first begins or ends a transaction of its own\./,
    )

    expect(await database.query("select to_regclass('zz') as t")).toEqual([{ t: null }])
  })

  // So set, a backslash ends no string, and the check before takes all of it for one.
  const hidden = (sql: string) =>
    `set standard_conforming_strings = off;
--> statement-breakpoint
create table zz (a text); insert into zz values ('\\''); commit; ${sql} select '\\'';`

  test.for([
    ['fails', hidden('select 1/0;')],
    ['begins another and fails', hidden('begin; select 1/0;')],
    ['goes on', hidden('')],
    ['begins another', hidden('begin;')],
  ] as const)('unseen, and %s, is not recorded', async ([, sql], { project, database }) => {
    await project.migrations({ '0000_first': sql })

    const failure = await project.apply().catch((error: unknown) => String(error))

    expect(failure).toMatch(/0000_first failed: .* so some of it was kept, and it is not recorded/)
    expect(failure).not.toContain('Nothing of it was kept')
    expect(await database.query('select count(*)::int from zz')).toEqual([{ count: 1 }])
    expect(await database.query(recorded)).toEqual([])
  })
})

describe('a file that nobody has filled', () => {
  test.for(['', '-- Custom SQL migration file, put your code below! --\n', ' ;\n'])(
    'is refused before any SQL: %j',
    async (sql, { project, database }) => {
      await project.migrations({ '0000_first': first, '0001_empty': sql })

      await expect(project.apply()).rejects.toThrow(
        '0001_empty.sql has no statement yet. Write it, or remove the migration.',
      )

      expect(await database.query("select to_regclass('people') as t")).toEqual([{ t: null }])
    },
  )
})

describe('a file that was applied with the line ends of Windows, before they were refused,', () => {
  test('names the record to correct', async ({ project, database }) => {
    await project.migrations({ '0000_first': 'create table people (\n);' })
    await project.apply()
    const hash = createHash('sha256').update('create table people (\r\n);').digest('hex')
    await database.query('update drizzle.__drizzle_migrations set hash = $1', [hash])

    const failure = await project.apply().catch((error: unknown) => String(error))

    const [, correction = ''] = /: (update .*)$/.exec(String(failure)) ?? []
    expect(failure).toContain('0000_first.sql was applied with the line ends of Windows')
    await database.query(correction)
    await project.apply()
  })
})

describe('before it runs anything, applyMigrations finds', () => {
  const applied = { '0000_first': first, '0001_second': second }

  test.for([
    [
      'an edited file',
      { ...applied, '0001_second': `${second}\n`, '0002_third': 'create table t ();' },
      /^0001_second\.sql was edited after it was applied\./,
    ],
    [
      'a missing file',
      {
        '0001_second': { sql: second, when: 2 },
        '0002_third': { sql: 'create table t ();', when: 3 },
      },
      /^The database has a migration of .* that this folder has not\./,
    ],
    [
      'a file dated before what was applied',
      {
        '0000_first': { sql: first, when: 1 },
        '0002_late': { sql: 'create table t ();', when: 1.5 },
        '0001_second': { sql: second, when: 2 },
      },
      /^0002_late is older than what the database has already/,
    ],
    [
      'a database that is ahead',
      { '0000_first': first },
      /^The database is ahead of this checkout: .* the last one here is 0000_first\./,
    ],
    [
      'a journal out of order',
      { ...applied, '0002_third': { sql: 'create table t ();', when: 1 } },
      /^0002_third is dated before 0001_second/,
    ],
    [
      'a transaction of its own',
      { ...applied, '0002_third': 'create table t ();\n--> statement-breakpoint\n-- so\nCOMMIT;' },
      /^0002_third begins or ends a transaction of its own\./,
    ],
    [
      'an index that no transaction can build',
      { ...applied, '0002_third': 'create index concurrently t on people (name);' },
      /^0002_third works on an index concurrently, which no transaction can hold\./,
    ],
    [
      'two statements without a transaction',
      {
        ...applied,
        '0002_third':
          '-- migrate:no-transaction\ncreate table t ();\n--> statement-breakpoint\nselect 1;',
      },
      /^0002_third runs without a transaction and has 2 statements\./,
    ],
    [
      'two of them without a breakpoint',
      { ...applied, '0002_third': '-- migrate:no-transaction\ncreate table t (); select 1;' },
      /^0002_third runs without a transaction and has 2 statements\./,
    ],
    [
      'an index that no transaction can build, after another statement',
      { ...applied, '0002_third': 'create table t (); drop index concurrently people_idx' },
      /^0002_third works on an index concurrently, which no transaction can hold\./,
    ],
    [
      'a moment in the future',
      { ...applied, '0002_third': { sql: 'create table t ();', when: 4_102_444_800_000 } },
      /^0002_third is dated 2100-01-01T00:00:00.000Z, in the future: a clock was wrong, .* Set its `when` in meta/,
    ],
    [
      'a moment in the future that another follows',
      {
        ...applied,
        '0002_third': { sql: 'create table t ();', when: 4_102_444_800_000 },
        '0003_fourth': { sql: 'create table u ();', when: 4 },
      },
      /^0002_third is dated 2100-01-01T00:00:00.000Z, in the future/,
    ],
    ...[
      '-- Why.\n-- migrate:no-transaction',
      '\n-- migrate:no-transaction',
      '--migrate:no-transaction',
      '/* Migrate: no transaction */',
    ].map(
      (head) =>
        [
          `no first line ${JSON.stringify(head)}`,
          { ...applied, '0002_third': `${head}\nalter type t add value if not exists 'b'` },
          /^0002_third has its `.*` in line [12]\. Only a first line that begins with `-- migrate:no/,
        ] as const,
    ),
    [
      'without a transaction what is not safe to repeat',
      { ...applied, '0002_third': '-- migrate:no-transaction\ninsert into people values (3)' },
      /^0002_third runs without a transaction, and its statement is not safe to repeat: /,
    ],
  ] as const)('%s', async ([, files, sentence], { project, database }) => {
    await applyMigrations(database.url, { folder: await project.migrations(applied) })

    const folder = await project.migrations(files)
    const failure = await applyMigrations(database.url, { folder }).catch((error: unknown) => error)

    expect(failure).toMatchObject({
      message: expect.stringMatching(sentence),
      exitCode: exitCodes.history,
    })
    expect(String(failure)).not.toContain('\n')
    expect(await database.query("select to_regclass('t') as t")).toEqual([{ t: null }])
    expect(await database.query(recorded)).toHaveLength(2)
  })
})
