/**
 * Starts every command in every such place. Its own tests are the quick ones.
 *
 * @module-tag slow
 */
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
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
  test('no DATABASE_URL, or an empty one', async ({ project }) => {
    await project.migrations(files)
    const run = (env: Record<string, string>) => project.run('node', ['scripts/db/check.ts'], env)

    const none = run({})
    const empty = run({ DATABASE_URL: '' })

    expect([await none.ended, await empty.ended]).toEqual([2, 2])
    expect(none.output()).toMatch(/^There is no database to work on: start `npm run dev`/)
    expect(empty.output()).toMatch(/^DATABASE_URL is empty\./)
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

  test('a file that fails', async ({ database, project }) => {
    await project.migrations({ '0000_a': 'select 1 / 0' })

    const { code, output } = await runOn(database, project, 'stamp', '0000_a')

    expect(output).toMatch(/^0000_a failed: division by zero \(22012\)\./)
    expect(code).toBe(1)
  })

  test('a folder that is not there', async ({ database, project }) => {
    await project.migrations(files)
    await rm(project.folder, { recursive: true })

    const { code, output } = await runOn(database, project, 'sql')

    expect(output).toMatch(/_journal\.json is missing, or no journal of drizzle-kit\./)
    expect(code).toBe(5)
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
    await project.apply()
    const reader = await database.connect()
    await reader.query('begin')
    await reader.query('select from a')

    const { code, output } = await runOn(database, project, 'down')

    expect(output).toMatch(/^0000_a\.down\.sql failed: canceling statement due to lock timeout/)
    expect(code).toBe(1)
  })
})
