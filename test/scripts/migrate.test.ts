import { describe, expect } from 'vitest'
import { exitCodes } from '../../scripts/command.ts'
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

    const command = project.migrate()

    expect(await command.ended, command.output()).toBe(0)
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

    const twice = project.migrate()
    expect(await twice.ended).toBe(1)
    await database.query('delete from people where id = 2')
    const once = project.migrate()

    expect(await once.ended, once.output()).toBe(0)
    expect(twice.output()).toContain('0001_index failed: could not create unique index')
    expect(
      await database.query(
        "select indisvalid from pg_index where indexrelid = 'people_name_idx'::regclass",
      ),
    ).toEqual([{ indisvalid: true }])
  })

  test('takes turns with drizzle-kit', async ({ project, database }) => {
    await project.link('drizzle.config.ts')
    const kit = () => project.run('drizzle-kit', ['migrate'], { DATABASE_URL: database.url })
    await project.migrations({ '0000_first': first })

    for (const [files, run] of [
      [{ '0000_first': first }, kit],
      [{ '0000_first': first, '0001_second': second }, project.migrate],
      [{ '0000_first': first, '0001_second': second }, kit],
      [{ '0000_first': first, '0001_second': second, '0002_third': 'drop table people;' }, kit],
    ] as const) {
      await project.migrations(files)
      const command = run()
      expect(await command.ended, command.output()).toBe(0)
    }
    const last = project.migrate()

    expect(await last.ended).toBe(0)
    expect(last.output()).toBe('The database is up to date.\n')
    expect(await database.query(recorded)).toHaveLength(3)
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

describe('applyMigrations', () => {
  test('ends the command with a code of its own when histories differ', async ({ project }) => {
    await project.migrations({ '0000_first': first })
    expect(await project.migrate().ended).toBe(0)

    await project.migrations({ '0000_first': `${first}\n` })
    const command = project.migrate()

    expect(await command.ended).toBe(5)
    expect(command.output()).toMatch(/^0000_first\.sql was edited after it was applied\..*\n$/)
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
