import { spawnSync } from 'node:child_process'
import { describe, expect } from 'vitest'
import { readMigrations } from '../../scripts/migrations/files.ts'
import { readFingerprint } from '../../scripts/migrations/fingerprint.ts'
import { selectRange, writeScript } from '../../scripts/migrations/script.ts'
import { runOn } from '../support/database-command.ts'
import { createEmptyDatabase, type EmptyDatabase } from '../support/empty-database.ts'
import { feedScript as feed } from '../support/feed-script.ts'
import { house } from '../support/house.ts'
import { test as base } from '../support/migration-test.ts'

const test = base.extend('other', async ({ database }, { onCleanup }) => {
  const other = await createEmptyDatabase(database.url)
  onCleanup(() => other.drop())
  return other
})

const files = {
  ...house,
  '0002_people': "insert into rooms (name) values ('it''s -- \\n')\n-- the end",
}

const rows = 'select id, hash, created_at from drizzle.__drizzle_migrations order by id'

const print = async ({ folder }: { folder: string }, range = ':') => {
  const { chosen, after } = selectRange(await readMigrations(folder), range)
  return writeScript(chosen, after)
}

const fingerprint = async (database: EmptyDatabase) => readFingerprint(await database.connect())

const psql = (database: EmptyDatabase, script: string) =>
  spawnSync('psql', [database.url], { input: script, encoding: 'utf8' })

const hasPsql = spawnSync('psql', ['--version']).status === 0

const ways = [
  ['sent through pg', feed],
  ...(hasPsql
    ? [
        [
          'piped into psql',
          async (database: EmptyDatabase, script: string) => {
            expect(psql(database, script)).toMatchObject({ status: 0 })
          },
        ] as const,
      ]
    : []),
] as const

describe('npm run db:sql', () => {
  test.for(ways)(
    'prints what does the same as db:migrate, %s',
    { tags: ['slow'] },
    async ([, send], { database, other, project }) => {
      await project.migrations(files)
      await project.apply()

      // It needs no database.
      const command = project.run('node', ['scripts/db/sql.ts'])
      expect(await command.ended, command.output()).toBe(0)
      await send(other, command.output())

      expect(await fingerprint(other)).toEqual(await fingerprint(database))
      expect(await other.query(rows)).toEqual(await database.query(rows))
      expect(await other.query('select name from rooms')).toEqual(
        await database.query('select name from rooms'),
      )
      expect(await runOn(other, project, 'check')).toMatchObject({ code: 0 })
    },
  )

  test('prints a part, which continues where it should', async ({ other, project }) => {
    await project.migrations({ '0000_a': 'create table a ()', '0001_b': 'create table b ()' })
    const first = await print(project, ':0000')
    const second = await print(project, '0000_a:0001')
    expect(await print(project, '0000:')).toBe(second)

    await expect(feed(other, second)).rejects.toThrow(
      '0001_b continues after 0000_a, and this database stands elsewhere.',
    )
    await feed(other, first)
    await feed(other, second)
    await expect(feed(other, second)).rejects.toThrow('stands elsewhere')

    expect(await other.query(rows)).toHaveLength(2)
  })

  test('records no index that a script which was cut off has left', async ({ other, project }) => {
    const index = 'create unique index concurrently if not exists "a_n\'_idx" on a (n)'
    await project.migrations({
      '0000_a': 'create table a (n int); insert into a values (1), (1);',
      '0001_index': `-- migrate:no-transaction\n${index}`,
    })
    const script = await print(project)
    await expect(feed(other, script)).rejects.toThrow('could not create unique index')
    const [head = ''] = script.split('\n-- 0000_a')
    const again = `${head}\n-- 0001_index${script.split('\n-- 0001_index')[1]}`

    await expect(feed(other, again)).rejects.toMatchObject({
      message: `0001_index was cut off before: the index "a_n'_idx" is invalid.`,
      hint: `drop index concurrently "a_n'_idx";`,
    })

    expect(await other.query(rows)).toHaveLength(1)
  })

  test.runIf(hasPsql)(
    'stops psql at the first error',
    { tags: ['slow'] },
    async ({ other, project }) => {
      await project.migrations({ '0000_a': 'select 1 / 0', '0001_b': 'create table b ()' })

      const { status, stderr } = psql(other, await print(project))

      expect(status).toBe(3)
      expect(stderr).toContain('division by zero')
      expect(await other.query(`select to_regclass('b') as b`)).toEqual([{ b: null }])
    },
  )

  test.for([
    ['0007:', /^No migration begins with 0007\. There are:\n {2}0000_a\n {2}0001_b$/],
    ['0:', /^More than one migration begins with 0\./],
    ['0000', /^0000 is no range FROM:TO\.$/],
    ['0001:0000', /^0001 comes after 0000\.$/],
  ] as const)('refuses %s', async ([range, sentence], { project }) => {
    await project.migrations({ '0000_a': 'create table a ()', '0001_b': 'create table b ()' })

    await expect(print(project, range)).rejects.toThrow(sentence)
  })

  test('says how its range goes', async ({ database, project }) => {
    await project.migrations({ '0000_a': 'create table a ()' })

    expect(await runOn(database, project, 'sql', '0000')).toEqual({
      code: 2,
      output: expect.stringMatching(/^0000 is no range FROM:TO\.\nUsage: /),
    })
  })
})
