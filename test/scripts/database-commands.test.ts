import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { test as base, describe, expect, inject } from 'vitest'
import { CommandError } from '../../scripts/command/command.ts'
import { applyMigrations } from '../../scripts/migrations/apply.ts'
import { withStrictTls } from '../../scripts/postgres/connection.ts'
import { explainConnectionError } from '../../scripts/postgres/connection-error.ts'
import { oddShell } from '../support/odd-shell.ts'
import { linkProject } from '../support/project.ts'
import { asWorker } from '../support/worker-role.ts'

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

  test('leaves nothing for drizzle-kit to do', { tags: ['slow'] }, async ({
    project,
    emptyDatabaseUrl,
  }) => {
    await project.write('.dev.vars', `DATABASE_URL_DIRECT="${emptyDatabaseUrl}"\n`)
    await project.link('drizzle.config.ts')
    // drizzle-kit reads this file by itself, and before everything else.
    await project.write('.env', 'DATABASE_URL_DIRECT="postgresql://u:p@127.0.0.1:1/other"\n')
    await applyMigrations(emptyDatabaseUrl)

    const command = project.run('drizzle-kit', ['migrate'], { PGSSLMODE: 'require' })

    expect(await command.ended, command.output()).toBe(0)
    await project.write('.dev.vars', '')
    await project.write('.env', '')
  })

  test('refuses a pooled host, and so does drizzle-kit', { tags: ['slow'] }, async ({
    project,
  }) => {
    const env = { DATABASE_URL: 'postgresql://u:canary@ep-a-1-pooler.eu.aws.neon.tech/db' }

    const ends = [
      ['node', 'scripts/db/migrate.ts'],
      ['drizzle-kit', 'migrate'],
    ].map(([program = '', argument = '']) => project.run(program, [argument], env))

    for (const { ended, output } of ends) {
      expect(await ended).toBe(2)
      expect(output()).toMatch(/^ep-a-1-pooler\S+ is Neon's pooled host, on which no lock/m)
    }
  })

  test.for([
    ['no password', ''],
    ['an empty one', ':'],
  ] as const)('says at once that the address has %s', async ([, password], { project }) => {
    const { host, pathname } = new URL(inject('postgresUrl'))
    const start = performance.now()

    const command = project.run('node', ['scripts/db/status.ts'], {
      DATABASE_URL: `postgresql://neondb_owner${password}@${host}${pathname}`,
    })

    expect(await command.ended).toBe(2)
    expect(command.output()).toMatch(
      /^DATABASE_URL names no password, and PostgreSQL at 127\S+ asks/,
    )
    // PostgreSQL itself lets go after a minute.
    expect(performance.now() - start).toBeLessThan(40_000)
  })

  test('goes where the address says, whatever the shell says', async ({
    project,
    emptyDatabaseUrl,
  }) => {
    const command = project.run('node', ['scripts/db/status.ts'], {
      ...oddShell,
      DATABASE_URL: emptyDatabaseUrl,
    })

    expect(await command.ended).toBe(0)
    expect(command.output()).toMatch(/^ {2}pending .*The database is behind/s)
  })

  test('tells a role without rights what it takes', async ({ emptyDatabaseUrl }) => {
    const failure = await applyMigrations(asWorker(emptyDatabaseUrl)).catch(
      (error: unknown) => error,
    )

    expect(failure).toBeInstanceOf(CommandError)
    expect(String(failure)).toMatch(
      /permission denied for database \S+ \(42501\)\..*set DATABASE_URL_DIRECT to its address/s,
    )
  })

  test.for([
    ['nothing listens', { port: '1' }, /^No PostgreSQL answers at 127\.0\.0\.1:1\./],
    ['the password is wrong', { password: 'canary' }, /does not let in neondb_owner/],
    ['the database is missing', { pathname: '/nowhere' }, /has no database nowhere\./],
    ['the host is unknown', { hostname: 'db.invalid' }, /^The host db\.invalid .* is not known\./],
  ] as const)('says that %s', async ([, change, sentence]) => {
    const url = Object.assign(new URL(inject('postgresUrl')), change).href

    const failure = await applyMigrations(url).catch((error: unknown) => error)

    expect(failure).toBeInstanceOf(CommandError)
    expect(String(Object(failure).message)).toMatch(sentence)
    expect(String(failure)).not.toContain('canary')
  })

  test('says what PostgreSQL refused', async ({ emptyDatabaseUrl }) => {
    const client = new pg.Client({ connectionString: emptyDatabaseUrl })
    await client.connect()
    await client.query('create table users (id int)')
    await client.end()

    await expect(applyMigrations(emptyDatabaseUrl)).rejects.toThrow(
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

  test('says that the server speaks no TLS, and nothing of versions to come', async ({
    project,
  }) => {
    const url = `${inject('postgresUrl')}?sslmode=require&channel_binding=require`

    const command = project.run('node', ['scripts/db/migrate.ts'], { DATABASE_URL: url })

    expect(await command.ended).toBe(1)
    expect(command.output()).toMatch(
      /^PostgreSQL at 127\.0\.0\.1:\d+ does not speak TLS, which the sslmode of DATABASE_URL .*\n$/,
    )
  })
})

describe('npm run db:seed', () => {
  test('explains a count that is none', async ({ project }) => {
    const command = project.run('node', ['scripts/db/seed.ts', '--count', '1e3'])

    expect(await command.ended).toBe(2)
    expect(command.output()).toMatch(/^--count must be a number .*\nUsage: npm run db:seed/)
    expect(command.output()).not.toMatch(/^\s+at /m)
  })

  test('says that the table is missing, and nothing of the users it made up', {
    tags: ['slow'],
  }, async ({ project, emptyDatabaseUrl }) => {
    const command = project.run('node', ['scripts/db/seed.ts'], { DATABASE_URL: emptyDatabaseUrl })

    expect(await command.ended).toBe(1)
    expect(command.output()).toBe(
      'PostgreSQL refused a statement: relation "users" does not exist (42P01).\n',
    )
  })
})

describe('withStrictTls', () => {
  test.for([
    ['require', 'verify-full'],
    ['prefer', 'verify-full'],
    ['verify-ca', 'verify-full'],
    ['verify-full', 'verify-full'],
    ['no-verify', 'no-verify'],
    ['disable', 'disable'],
    ['require&uselibpqcompat=true', 'require'],
  ] as const)('says outright what pg makes of sslmode=%s', ([mode, strict]) => {
    const url = withStrictTls(`postgresql://o:c%40@host/db?sslmode=${mode}&a=b`)

    expect(new URL(url).searchParams.get('sslmode')).toBe(strict)
    expect(url).toMatch(/^postgresql:\/\/o:c%40@host\/db\?.*a=b/)
  })
})

describe('an authority', () => {
  test.for([
    ['sslmode=verify-full&sslrootcert=system', 'sslmode=verify-full'],
    ['sslrootcert=system', 'sslmode=verify-full'],
    ['sslrootcert=system&sslmode=require', 'sslmode=verify-full'],
    ['sslrootcert=system&sslmode=disable', 'sslmode=disable'],
  ] as const)('that the system trusts is trusted without a file: %s', ([given, expected]) => {
    expect(withStrictTls(`postgresql://o:c@host/db?${given}`)).toBe(
      `postgresql://o:c@host/db?${expected}`,
    )
  })
})

describe('a connection that fails is explained:', () => {
  const failure = (message: string, code?: string) =>
    Object.assign(new Error(message), code === undefined ? {} : { code })

  test('a user with a percent sign, too', () => {
    const { message } = explainConnectionError(
      failure('no', '28P01'),
      'postgresql://post%gres:canary@host/db',
    )

    expect(message).toMatch(/does not let in post%gres/)
  })

  test.for([
    [failure('timeout expired'), /cannot be reached \(no answer in time\)/],
    [failure('read ETIMEDOUT', 'ETIMEDOUT'), /cannot be reached \(no answer in time\)/],
    [failure('too many clients', '53300'), /cannot be reached \(53300\)/],
    [failure('Connection terminated unexpectedly'), /reached \(Connection terminated unex/],
    [failure('self-signed', 'DEPTH_ZERO_SELF_SIGNED_CERT'), /^The certificate of .* not trusted/],
    [failure('altname', 'ERR_TLS_CERT_ALTNAME_INVALID'), /^The certificate of .* not trusted/],
    [failure('issuer', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'), /^The certificate of .* not trusted/],
  ] as const)('%s', ([error, sentence]) => {
    const { message } = explainConnectionError(error, 'postgresql://o:canary@host/db')

    expect(message).toMatch(sentence)
    expect(message).not.toContain('canary')
  })
})
