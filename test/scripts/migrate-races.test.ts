// Takes over ten seconds: runners wait for each other, and for what was killed.

import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { describe, expect } from 'vitest'
import { applyMigrations } from '../../scripts/migrations/apply.ts'
import type { EmptyDatabase } from '../support/empty-database.ts'
import { test } from '../support/migration-test.ts'

const table = 'create table people (id int primary key, name text);'
const slow = "insert into people select 1, 'Ada' from pg_sleep(1.5);"

const recorded = 'select created_at from drizzle.__drizzle_migrations order by created_at'

/** Resolves once a session of the database runs a statement like this. */
const runs = (database: EmptyDatabase, statement: string) =>
  expect
    .poll(
      () =>
        database.query(
          "select 1 from pg_stat_activity where state = 'active' and query like $1 and pid <> pg_backend_pid()",
          [statement],
        ),
      { timeout: 60_000 },
    )
    .toHaveLength(1)

describe('three runners at once', () => {
  test('of a slow data migration: all succeed, and it ran once', { tags: ['slow'] }, async ({
    project,
    database,
  }) => {
    await project.migrations({ '0000_table': table, '0001_slow': slow })

    const commands = [project.migrate(), project.migrate(), project.migrate()]
    const codes = await Promise.all(commands.map(({ ended }) => ended))

    expect(codes, commands.map(({ output }) => output()).join()).toEqual([0, 0, 0])
    expect(await database.query('select id from people')).toEqual([{ id: 1 }])
    expect(await database.query(recorded)).toEqual([{ created_at: '1' }, { created_at: '2' }])
  })

  test('of an index that is built concurrently: none waits for another in a circle', {
    tags: ['slow'],
  }, async ({ project, database }) => {
    await database.query(table)
    await database.query("insert into people select n, 'Ada' from generate_series(1, 200000) n")
    await project.migrations({
      '0000_index':
        '-- migrate:no-transaction\ncreate index concurrently people_name_idx on people (name);',
    })

    const commands = [project.migrate(), project.migrate(), project.migrate()]
    const codes = await Promise.all(commands.map(({ ended }) => ended))

    expect(codes, commands.map(({ output }) => output()).join()).toEqual([0, 0, 0])
    expect(await database.query('select indisvalid from pg_index where not indisvalid')).toEqual([])
  })
})

describe('a runner that is killed', () => {
  test('in the middle of a file leaves nothing of it, and no lock', async ({
    project,
    database,
  }) => {
    await project.migrations({
      '0000_table': table,
      '0001_slow':
        "insert into people values (2, 'Grace');\n--> statement-breakpoint\nselect pg_sleep(600);",
    })
    const command = project.migrate()
    await runs(database, '%select pg_sleep(600)%')
    command.child.kill('SIGKILL')
    await command.ended

    await project.migrations({ '0000_table': table, '0001_slow': slow })
    const next = project.migrate()

    expect(await next.ended, next.output()).toBe(0)
    expect(await database.query('select name from people')).toEqual([{ name: 'Ada' }])
    expect(await database.query(recorded)).toHaveLength(2)
  })

  test('outside of a transaction is waited for as long as its statement runs', async ({
    project,
    database,
  }) => {
    const statement = 'select pg_sleep(600);'
    const folder = await project.migrations({
      '0000_alone': `-- migrate:no-transaction\n${statement}`,
    })
    const left = await database.connect()
    const ended = left.query(statement).catch(() => {})
    await runs(database, 'select pg_sleep(600)%')

    const failure = await applyMigrations(database.url, { folder, lockWaitMs: 300 }).catch(String)

    expect(failure).toMatch(
      /Another migration has been running for more than 0\.3 s in the session/,
    )
    expect(await database.query(recorded)).toEqual([])
    await database.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where query = '${statement}'`,
    )
    await ended
  })

  test('by the end of its session goes on in another', { tags: ['slow'] }, async ({
    project,
    database,
  }) => {
    await project.migrations({ '0000_table': table, '0001_slow': slow })
    const command = project.migrate()
    await runs(database, 'insert into people%')

    await database.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where query like 'insert into people%' and pid <> pg_backend_pid()",
    )

    expect(await command.ended, command.output()).toBe(0)
    expect(command.output()).toContain('Trying again.')
    expect(await database.query('select id from people')).toEqual([{ id: 1 }])
    expect(await database.query(recorded)).toHaveLength(2)
  })
})

describe('a lock', () => {
  test('is asked for again when the session that waits for it is ended', {
    tags: ['slow'],
  }, async ({ project, database }) => {
    // Until the gate is open, however long the other takes to come.
    const open = `do $$ begin
      while not exists (select from gate) loop perform pg_sleep(0.05); end loop;
    end $$;`
    await project.migrations({ '0000_gate': 'create table gate (id integer);', '0001_open': open })
    const holder = project.migrate()
    await runs(database, 'do $$ begin%')
    const waiter = project.migrate()
    const end = () =>
      database.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where query = 'rollback'
         and datname = current_database() and state = 'idle' and pid <> pg_backend_pid()`,
      )
    await expect.poll(end, { interval: 20, timeout: 60_000 }).toHaveLength(1)
    await database.query('insert into gate values (1)')

    const codes = await Promise.all([holder.ended, waiter.ended])

    expect(codes, holder.output() + waiter.output()).toEqual([0, 0])
    expect(waiter.output()).toMatch(
      /^The connection to PostgreSQL at \S+ broke: .*\nTrying again\.\nThe database is up to date\.\n$/,
    )
  })

  test('that another runner never lets go ends the wait with a code of its own', {
    tags: ['slow'],
  }, async ({ project, database }) => {
    await project.migrations({ '0000_slow': 'select pg_sleep(600);' })
    const holder = project.migrate()
    await runs(database, '%select pg_sleep(600)%')

    const command = project.migrate('--wait', '1')

    expect(await command.ended).toBe(3)
    expect(command.output()).toMatch(
      /^Another migration has been running for more than 1 s in the session with the process id \d+\./,
    )
    holder.child.kill('SIGKILL')
    await project.migrations({ '0000_table': table })
    await project.apply()
  })

  test('of a table is asked for again and again, and holds up no reader for longer than the timeout', {
    tags: ['slow'],
  }, async ({ project, database }) => {
    await database.query(table)
    await project.migrations({ '0000_column': 'alter table people add column email text;' })
    const holder = await database.connect()
    await holder.query('begin; select * from people;')

    const command = project.migrate('--lock-timeout', '500')
    await runs(database, 'alter table people%')
    const waits = await readFor(await database.connect(), 3_000)
    await holder.query('commit')

    expect(await command.ended, command.output()).toBe(0)
    expect(command.output()).toMatch(
      /0000_column failed: canceling statement due to lock timeout \(55P03\)/,
    )
    // 500, and what a busy machine adds. Without the timeout it would be all of the 3 s.
    expect(Math.max(...waits)).toBeLessThan(2_000)
    expect(Math.max(...waits)).toBeGreaterThan(100)
    await database.query('select email from people')
  })

  test('is not asked for again when the failure is another', async ({ project, database }) => {
    const folder = await project.migrations({ '0000_bad': 'select nothing;' })
    const failures: string[] = []

    const all = applyMigrations(database.url, { folder, onRetry: (text) => failures.push(text) })

    await expect(all).rejects.toThrow('0000_bad failed')
    expect(failures).toEqual([])
  })
})

/** How long each read of the table took, in ms, as a client of the service would read it. */
async function readFor(client: pg.Client, totalMs: number): Promise<number[]> {
  const waits: number[] = []
  for (const end = Date.now() + totalMs; Date.now() < end; ) {
    const start = performance.now()
    await client.query('select count(*) from people')
    waits.push(performance.now() - start)
    await sleep(10)
  }
  return waits
}
