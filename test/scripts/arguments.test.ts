// Takes over ten seconds: every command runs, while the command lines of all processes are read.

import { randomUUID } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { describe, expect, inject } from 'vitest'
import { commandLinesWith } from '../support/arguments.ts'
import { cloneDatabase, type TestDatabase } from '../support/database.ts'
import { test as base } from '../support/deploy-test.ts'
import { acceptKeys, testKey } from '../support/keys.ts'
import { freePort } from '../support/ports.ts'
import { linkProject, type Project } from '../support/project.ts'
import { asWorker } from '../support/worker-role.ts'

const canary = `canary-${randomUUID()}`

/** What stands in an address stands in it with the password. */
const marked = (url: string) => {
  const address = new URL(url)
  address.searchParams.set('application_name', canary)
  return address.href
}

const test = base
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('plain', async ({}, { onCleanup }) => {
    const project = await linkProject()
    onCleanup(() => project.remove())
    return project
  })
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('database', { scope: 'file' }, async ({}, { onCleanup }) => {
    const database = await cloneDatabase(inject('postgresUrl'), inject('templateUrl'))
    onCleanup(() => database.drop())
    return database
  })

describe.skipIf(process.platform !== 'linux')('no secret stands in a command line', () => {
  test('but would be seen there', async ({ plain: project }) => {
    const command = project.run('sh', ['-c', `sleep 0.1; : ${canary}`])

    expect(await commandLinesWith(canary, command.ended)).toHaveLength(1)
  })

  const ofCommand = async (
    [script = '', ...args]: string[],
    { plain: project, database }: { plain: Project; database: TestDatabase },
  ) => {
    const command = project.run('node', [`scripts/${script}`, ...args], {
      DATABASE_URL: marked(database.url),
      DATABASE_URL_DIRECT: marked(database.url),
      NEON_ENDPOINT: inject('endpointUrl'),
    })

    const lines = await commandLinesWith(canary, command.ended)

    expect(lines).toEqual([])
    expect(await command.ended, command.output()).toBe(0)
  }

  test.for([['db/migrate.ts']])('of %s', ofCommand)

  test.for([
    ['db/psql.ts', '-c', 'select pg_sleep(0.3)'],
    ['db/status.ts'],
    ['db/check.ts'],
    ['db/drift.ts'],
    ['db/role.ts', '--name', `role_${randomUUID().replaceAll('-', '')}`],
    ['db/seed.ts', '--count', '1'],
  ])('of %s', { tags: ['slow'] }, ofCommand)

  const ofCommandWithKey = async (
    [script = '', ...args]: string[],
    { plain: project }: { plain: Project },
  ) => {
    const { key } = testKey('any')
    await project.write('in.ndjson', '{}')
    const command = project.run('node', [`scripts/${script}`, ...args], { EDGE_USERS_KEY: key })

    expect(await commandLinesWith(key, command.ended)).toEqual([])
  }

  test.for([['users/import.ts', 'in.ndjson']])('of %s', ofCommandWithKey)

  test.for([['users/export.ts', 'out.ndjson'], ['keys/new.ts']])(
    'of %s',
    { tags: ['slow'] },
    ofCommandWithKey,
  )

  test('of npm run dev and what it starts', { tags: ['slow'] }, async ({
    plain: project,
    database,
  }) => {
    await project.write('.dev.vars', `DATABASE_URL="${marked(database.url)}"\n`)
    const port = String(await freePort())
    const command = project.run('node', ['scripts/dev/dev.ts', '--port', port])

    const lines = await commandLinesWith(canary, command.prints(/^ {2}api /m))
    command.child.kill('SIGINT')

    expect(lines).toEqual([])
    expect(await command.ended).toBe(0)
  })

  test('of npm run deploy, which knows the owner, a key and the secrets', {
    tags: ['slow'],
  }, async ({ deployer }) => {
    const { deploy, secretsFile, database, key } = deployer
    const secrets = { DATABASE_URL: marked(asWorker(database.url)), ...acceptKeys(key) }
    await writeFile(secretsFile, JSON.stringify(secrets))
    const env = { DATABASE_URL_DIRECT: marked(database.url) }

    const run = deploy(['--secrets-file', secretsFile], env)
    const lines = await Promise.all([canary, key.key].map((text) => commandLinesWith(text, run)))

    expect(lines).toEqual([[], []])
    expect((await run).report['result'], (await run).output).toBe('deployed')
  })

  test.for(['README.md', 'docs/deploying.md', 'docs/operating.md', 'docs/scaling.md'])(
    'of %s',
    async (file) => {
      const text = await readFile(file, 'utf8')

      expect(text).not.toMatch(/\bpsql (?:-\w+ )*"\$|Bearer \$[A-Z]|connection-string "\$/)
    },
  )
})
