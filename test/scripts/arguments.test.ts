// Takes over ten seconds: every command runs, while the command lines of all processes are read.

import { randomUUID } from 'node:crypto'
import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { test as base, describe, expect, inject } from 'vitest'
import { commandLinesWith, markedUrl } from '../support/arguments.ts'
import { cloneDatabase, type TestDatabase } from '../support/database.ts'
import { testKey } from '../support/keys.ts'
import { freePort } from '../support/ports.ts'
import { linkProject, type Project } from '../support/project.ts'

const canary = `canary-${randomUUID()}`
const marked = (url: string) => markedUrl(url, canary)

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
    await project.write('none.ndjson', '')
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
    ['users/erasures.ts', 'replay', 'none.ndjson'],
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

  test.for([['users/export.ts', 'out.ndjson'], ['users/events.ts'], ['keys/new.ts']])(
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

  test.for(['README.md', ...globSync('docs/*.md')])('of %s', async (file) => {
    const text = await readFile(file, 'utf8')

    expect(text).not.toMatch(/\bpsql (?:-\w+ )*"\$|Bearer \$[A-Z]|connection-string "\$/)
  })
})
