import { randomUUID } from 'node:crypto'
import { startPostgres } from 'neon-local'
import pg from 'pg'
import { describe, expect, inject } from 'vitest'
import { queryAsSuperuser } from '../../packages/neon-local/test/support/superuser.ts'
import { applyMigrations } from '../../scripts/migrations/apply.ts'
import { isRoleName, makeWorkerRole } from '../../scripts/postgres/worker-role.ts'
import { runOn } from '../support/database-command.ts'
import { createEmptyDatabase } from '../support/empty-database.ts'
import { linkProject } from '../support/project.ts'
import { test as base } from '../support/test.ts'

const test = base
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('project', { scope: 'file' }, async ({}, { onCleanup }) => {
    const project = await linkProject()
    onCleanup(() => project.remove())
    return project
  })
  // Roles belong to the whole server: each test has names of its own.
  .extend('role', async ({ database }, { onCleanup }) => {
    const name = `role_${randomUUID().replaceAll('-', '')}`
    onCleanup(() => queryAsSuperuser(database.url, `drop role if exists ${name}`).then(() => {}))
    return name
  })

const connectionOf = (output: string) => /^DATABASE_URL="(.+)"$/m.exec(output)?.[1] ?? ''

async function query(url: string, sql: string) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return client
    .query(sql)
    .then(({ rows }) => rows)
    .finally(() => client.end())
}

describe('npm run db:role', () => {
  test('makes a role, and a new password for it the second time', async ({
    database,
    project,
    role,
  }) => {
    const first = await runOn(database, project, 'role', '--name', role)
    const [one, other] = [
      connectionOf(first.output),
      connectionOf((await runOn(database, project, 'role', '--name', role)).output),
    ]

    expect(first.output).toMatch(/only time that the password .* secrets file of `npm run deploy`/)
    expect(new URL(one).password).toMatch(/^[\w-]{32}$/)
    expect(new URL(other).password).not.toBe(new URL(one).password)
    await expect(query(one, 'select 1')).rejects.toMatchObject({ code: '28P01' })
    expect(await query(other, 'select count(*)::integer as users from users')).toEqual([
      { users: 0 },
    ])
    await expect(query(other, 'truncate users')).rejects.toMatchObject({ code: '42501' })
    expect(await query(other, 'show statement_timeout')).toEqual([{ statement_timeout: '4s' }])
  })

  test.for([
    ['may create roles', (role: string) => `create role ${role} login createrole`],
    ['is no member of the group', (role: string) => `create role ${role} login`],
    [
      'is a member of another',
      (role: string) => `create role ${role} login in role edge_users_worker, pg_read_all_data`,
    ],
    ...(
      [
        ['owns a table', 'create table theirs (); alter table theirs owner to ROLE'],
        ['owns a schema', 'create schema theirs authorization ROLE'],
        ['has a right of its own', 'grant truncate on users to ROLE'],
        ['has one by default', 'alter default privileges grant truncate on tables to ROLE'],
        ['may create schemas', 'grant create on database DATABASE to ROLE'],
      ] as const
    ).map(
      ([what, sql]) =>
        [
          what,
          (role: string, database: string) =>
            `create role ${role} login in role edge_users_worker; ` +
            sql.replace('ROLE', role).replace('DATABASE', database),
        ] as const,
    ),
  ] as const)('gives no password to a role that %s', async ([, create], { database, role }) => {
    await queryAsSuperuser(database.url, create(role, new URL(database.url).pathname.slice(1)))

    const failure = await makeWorkerRole(database.url, role).catch((error: unknown) => error)
    await queryAsSuperuser(database.url, `drop owned by ${role}`)

    expect(failure).toMatchObject({
      message: expect.stringMatching(/^There is a role \S+ already, which is no Worker's/),
      exitCode: 2,
    })
  })

  test('gives one to a role that may connect by itself as well', async ({ database, role }) => {
    const name = new URL(database.url).pathname.slice(1)
    await makeWorkerRole(database.url, role)
    await database.query(`grant connect on database ${name} to ${role}`)

    const url = await makeWorkerRole(database.url, role)
    await queryAsSuperuser(database.url, `drop owned by ${role}`)

    expect(new URL(url).username).toBe(role)
  })

  test('refuses a name that is not for a Worker alone', async ({ database, project }) => {
    const names = ['', 'postgres"; drop table users', 'Worker', 'pg_worker', 'edge_users_worker']

    const { code, output } = await runOn(database, project, 'role', '--name', 'Worker')

    expect(names.filter(isRoleName)).toEqual([])
    expect(code).toBe(2)
    expect(output).toMatch(/^--name must be .*\nUsage: npm run db:role -- --name NAME\n$/)
  })

  test.for([
    ['update', 'users', 'public.users'],
    ['delete', 'idempotency_keys', 'public.idempotency_keys'],
    ['select', 'drizzle.__drizzle_migrations', 'drizzle.__drizzle_migrations'],
  ] as const)(
    'makes none when the group may not %s on %s',
    async ([right, table, name], { database, role }) => {
      await database.query(`revoke ${right} on ${table} from edge_users_worker`)

      const failure = await makeWorkerRole(database.url, role).catch((error: unknown) => error)
      await database.query(`grant ${right} on ${table} to edge_users_worker`)

      expect(failure).toMatchObject({
        message: expect.stringContaining(`lacks rights in this database (${right} on ${name})`),
        exitCode: 4,
      })
      expect(await database.query(`select from pg_roles where rolname = '${role}'`)).toEqual([])
    },
  )

  test('says that a migration is pending', { tags: ['slow'] }, async ({ project, role }) => {
    const empty = await createEmptyDatabase(inject('postgresUrl'))

    const { code, output } = await runOn(empty, project, 'role', '--name', role)
    await empty.drop()

    expect(code).toBe(4)
    expect(output).toBe('The database is behind: run `npm run db:migrate` first.\n')
  })

  test('says that who asks may not create roles, and what would mend it', {
    tags: ['slow'],
  }, async ({ database, project, role }) => {
    const owner = `owner_${role.slice(5)}`
    await queryAsSuperuser(
      database.url,
      `create role ${owner} login password 'owner' in role edge_users_worker;
       grant usage on schema drizzle to ${owner}`,
    )
    const url = Object.assign(new URL(database.url), { username: owner, password: 'owner' }).href

    const refused = await runOn({ url }, project, 'role', '--name', role)
    await queryAsSuperuser(
      database.url,
      `alter role ${owner} createrole; grant edge_users_worker to ${owner} with admin option`,
    )
    const mended = await makeWorkerRole(url, role)
    await queryAsSuperuser(
      database.url,
      `drop role ${role}; drop owned by ${owner}; drop role ${owner}`,
    )

    expect(refused.code).toBe(2)
    expect(refused.output).toContain(`let a superuser run: alter role ${owner} createrole; grant`)
    expect(new URL(mended).username).toBe(role)
  })
})

describe('the migration of the role', () => {
  test('goes through in eight databases of one server at once', { tags: ['slow'] }, async () => {
    await using stack = new AsyncDisposableStack()
    const postgres = await startPostgres()
    stack.defer(() => postgres.close())
    const names = Array.from({ length: 8 }, (_, index) => `users_${index}`)
    const urls = await Promise.all(names.map((name) => postgres.createDatabase(name)))

    await Promise.all(urls.map((url) => applyMigrations(url)))

    const granted = `select has_table_privilege('edge_users_worker', 'users', 'delete') as granted`
    for (const url of urls) {
      expect(await query(url, granted)).toEqual([{ granted: true }])
    }
  })
})
