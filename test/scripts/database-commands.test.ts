import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { test as base, describe, expect, inject } from 'vitest'
import { CommandError } from '../../scripts/command.ts'
import { applyMigrations } from '../../scripts/migrations/apply.ts'
import { linkProject } from '../support/project.ts'

const test = base
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('project', { scope: 'file' }, async ({}, { onCleanup }) => {
    const project = await linkProject()
    onCleanup(() => project.remove())
    return project
  })
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('emptyDatabaseUrl', async ({}, { onCleanup }) => {
    const name = `empty_${randomUUID().replaceAll('-', '')}`
    const server = new pg.Client({ connectionString: inject('postgresUrl') })
    await server.connect()
    await server.query(`create database ${name}`)
    onCleanup(async () => {
      await server.query(`drop database ${name} with (force)`)
      await server.end()
    })
    return Object.assign(new URL(inject('postgresUrl')), { pathname: `/${name}` }).href
  })

describe('npm run db:migrate', () => {
  test('brings an empty database up to date, and has nothing to do then', async ({
    project,
    emptyDatabaseUrl,
  }) => {
    for (const _ of ['first', 'second']) {
      const command = project.run('node', ['scripts/db/migrate.ts'], {
        DATABASE_URL: emptyDatabaseUrl,
      })
      expect(await command.ended).toBe(0)
      expect(command.output()).toMatch(/The database is up to date\.\n$/)
    }

    const client = new pg.Client({ connectionString: emptyDatabaseUrl })
    await client.connect()
    const { rows } = await client.query('select count(*)::int as users from users')
    await client.end()
    expect(rows).toEqual([{ users: 0 }])
  })

  test('leaves nothing for drizzle-kit to do', async ({ project, emptyDatabaseUrl }) => {
    await project.write('.dev.vars', `DATABASE_URL_DIRECT="${emptyDatabaseUrl}"\n`)
    await project.link('drizzle.config.ts')
    expect(await project.run('node', ['scripts/db/migrate.ts']).ended).toBe(0)

    const command = project.run('drizzle-kit', ['migrate'])

    expect(await command.ended, command.output()).toBe(0)
    await project.write('.dev.vars', '')
  })

  test.for([
    ['nothing listens', { port: '1' }, /^No PostgreSQL answers at 127\.0\.0\.1:1\./],
    ['the password is wrong', { password: 'canary' }, /does not let in postgres/],
    ['the database is missing', { pathname: '/nowhere' }, /has no database nowhere\./],
    ['the host is unknown', { hostname: 'db.invalid' }, /^The host db\.invalid .* is not known\./],
  ] as const)('says that %s', async ([, change, sentence]) => {
    const url = Object.assign(new URL(inject('postgresUrl')), change).href

    const failure = await applyMigrations(url).catch((error: unknown) => error)

    expect(failure).toBeInstanceOf(CommandError)
    expect(String(Object(failure).message)).toMatch(sentence)
    expect(String(failure)).not.toContain('canary')
  })

  test('says what PostgreSQL refused, and prints no stack', async ({
    project,
    emptyDatabaseUrl,
  }) => {
    const client = new pg.Client({ connectionString: emptyDatabaseUrl })
    await client.connect()
    await client.query('create table users (id int)')
    await client.end()

    const command = project.run('node', ['scripts/db/migrate.ts'], {
      DATABASE_URL: emptyDatabaseUrl,
    })

    expect(await command.ended).toBe(1)
    expect(command.output()).toMatch(
      /^0000_create_users failed: relation "users" already exists \(42P07\)\. Nothing of it was kept\.\n {2}in: CREATE TABLE "users"/,
    )
  })

  test('refuses a malformed DATABASE_URL_DIRECT, and does not repeat it', async ({ project }) => {
    const env = { DATABASE_URL_DIRECT: 'postgresql://owner:canary@host:99999/db' }

    const command = project.run('node', ['scripts/db/migrate.ts'], env)

    expect(await command.ended).toBe(2)
    expect(command.output()).toMatch(/^DATABASE_URL_DIRECT is not a PostgreSQL connection string\./)
    expect(command.output()).not.toContain('canary')
  })

  test('says what to do when there is no database', async ({ project }) => {
    const command = project.run('node', ['scripts/db/migrate.ts'])

    expect(await command.ended).toBe(2)
    expect(command.output()).toMatch(/^There is no database to work on: start `npm run dev`/)
  })
})

describe('npm run db:seed', () => {
  test('explains a count that is none', async ({ project }) => {
    const command = project.run('node', ['scripts/db/seed.ts', '--count', '1e3'])

    expect(await command.ended).toBe(2)
    expect(command.output()).toMatch(/^--count must be a number .*\nUsage: npm run db:seed/)
    expect(command.output()).not.toMatch(/^\s+at /m)
  })

  test('says that the table is missing, and nothing of the users it made up', async ({
    project,
    emptyDatabaseUrl,
  }) => {
    const command = project.run('node', ['scripts/db/seed.ts'], { DATABASE_URL: emptyDatabaseUrl })

    expect(await command.ended).toBe(1)
    expect(command.output()).toBe(
      'PostgreSQL refused a statement: relation "users" does not exist (42P01).\n',
    )
  })
})
