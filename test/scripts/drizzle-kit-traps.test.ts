import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, inject } from 'vitest'
import { runOn } from '../support/database-command.ts'
import { writeGenerated } from '../support/generated-folder.ts'
import { test } from '../support/migration-test.ts'

/** Those that work on a database, with what they need to get there. */
const commands = [
  ['status'],
  ['check'],
  ['drift'],
  ['stamp', '0000_a'],
  ['down'],
  ['studio'],
] as const

const files = { '0000_a': 'create table a ()' }

// In these drizzle-kit prints nothing, or ends with 0, or waits for ever.
describe('where drizzle-kit is silent, each command ends with a sentence:', () => {
  test.for([
    ['no DATABASE_URL', undefined, 2, /^There is no database to work on: start `npm run dev`/],
    ['an empty one', '', 2, /^DATABASE_URL is not a PostgreSQL connection string\./],
    ['one that is no URL', 'canary', 2, /^DATABASE_URL is not a PostgreSQL connection string\./],
    [
      "Neon's pooled host",
      'postgresql://u:canary@ep-x-pooler.eu.neon.invalid/db',
      2,
      /^ep-x-pooler\.eu\.neon\.invalid is Neon's pooled host/,
    ],
    [
      'an unknown host',
      'postgresql://u:canary@db.invalid/db',
      1,
      /^The host db\.invalid .* is not known\./,
    ],
    ['a database that is missing', { pathname: '/nowhere' }, 1, /has no database nowhere\./],
    ['a wrong password', { password: 'canary' }, 1, /does not let in postgres/],
  ] as const)('%s', async ([, change, expected, sentence], { project }) => {
    await project.migrations(files)
    const url =
      typeof change === 'object'
        ? Object.assign(new URL(inject('postgresUrl')), change).href
        : change

    const { ended, output } = project.run(
      'node',
      ['scripts/db/check.ts'],
      url === undefined ? {} : { DATABASE_URL: url },
    )
    const code = await ended

    expect(output()).toMatch(sentence)
    expect(output()).not.toMatch(/^\s+at |canary/m)
    expect(code).toBe(expected)
  })

  test('a server that is down, whatever the command', async ({ project }) => {
    await project.migrations(files)
    const away = { url: 'postgresql://u:canary@127.0.0.1:1/db' }

    const ends = await Promise.all(
      commands.map(([command, ...options]) => runOn(away, project, command, ...options)),
    )

    const sentence = 'No PostgreSQL answers at 127.0.0.1:1. Start it, or correct DATABASE_URL.\n'
    expect(ends).toEqual(commands.map(() => ({ code: 1, output: sentence })))
  })

  test.for([
    ['a file that fails', 'select 1 / 0', /^0000_a failed: division by zero \(22012\)\./],
    ['a file that ends its transaction', 'commit;', /^0000_a begins or ends a transaction/],
  ] as const)('%s', async ([, sql, sentence], { database, project }) => {
    await project.migrations({ '0000_a': sql })

    const { code, output } = await runOn(database, project, 'stamp', '0000_a')

    expect(output).toMatch(sentence)
    expect(code).toBeGreaterThan(0)
  })

  test('a folder that is not there', async ({ database, project }) => {
    await project.migrations(files)
    await rm(join(project.directory, 'drizzle'), { recursive: true })

    for (const command of ['status', 'sql', 'generate --name x']) {
      const [name = '', ...options] = command.split(' ')
      const { code, output } = await runOn(database, project, name, ...options)

      expect(output, command).toMatch(/_journal\.json is missing, or no journal of drizzle-kit\./)
      expect(code, command).toBe(5)
    }
  })

  test('a file that the journal does not name', async ({ database, project }) => {
    const folder = await project.migrations(files)
    await writeFile(join(folder, '0001_b.sql'), 'create table b ()')

    for (const command of ['drift', 'sql', 'generate --name x']) {
      const [name = '', ...options] = command.split(' ')
      const { code, output } = await runOn(database, project, name, ...options)

      expect(output, command).toMatch(/^0001_b\.sql is not in meta\/_journal\.json/)
      expect(code, command).toBe(5)
    }
  })

  test('two branches that have met', async ({ database, project }) => {
    const folder = await writeGenerated(project.directory, { '0000_a': {}, '0001_b': {} })
    const first = await readFile(join(folder, 'meta/0000_snapshot.json'), 'utf8')
    await writeFile(join(folder, 'meta/0001_snapshot.json'), first)

    const { code, output } = await runOn(database, project, 'generate', '--name', 'x')

    expect(output).toMatch(/^0001_b was not generated on top of 0000_a: two branches have met\./)
    expect(code).toBe(5)
  })

  test('a lock that somebody keeps', async ({ database, project }) => {
    const folder = await project.migrations(files)
    await writeFile(join(folder, '0000_a.down.sql'), 'drop table a')
    expect(await project.migrate().ended).toBe(0)
    const reader = await database.connect()
    await reader.query('begin')
    await reader.query('select from a')

    const { code, output } = await runOn(database, project, 'down')

    expect(output).toMatch(/^0000_a\.down\.sql failed: canceling statement due to lock timeout/)
    expect(code).toBe(1)
  })
})
