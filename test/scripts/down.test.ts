import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { undoLast } from '../../scripts/migrations/down.ts'
import { readFingerprint } from '../../scripts/migrations/fingerprint.ts'
import { runOn } from '../support/database-command.ts'
import { test } from '../support/migration-test.ts'

const files = {
  '0000_a': 'create table a (id int)',
  '0001_b': 'create table b (id int);--> statement-breakpoint\nalter table a add note text',
}
const rows = 'select created_at from drizzle.__drizzle_migrations order by 1'

const writeDown = (directory: string, sql: string) =>
  writeFile(join(directory, 'drizzle', '0001_b.down.sql'), sql)

describe('npm run db:down', () => {
  test('takes back the last migration, so that it can be applied again', async ({
    database,
    project,
  }) => {
    await project.migrations(files)
    await writeDown(
      project.directory,
      '-- Back.\nalter table a drop note;--> statement-breakpoint\ndrop table b',
    )
    const client = await database.connect()
    await project.apply()
    const before = await readFingerprint(client)

    const { code, output } = await runOn(database, project, 'down')

    expect(output).toBe('Undone: 0001_b.\n')
    expect(code).toBe(0)
    expect(await database.query(rows)).toEqual([{ created_at: '1' }])
    expect(await readFingerprint(client)).not.toEqual(before)
    await project.apply()
    expect(await readFingerprint(client)).toEqual(before)
  })

  test('takes back nothing when the file fails', { tags: ['slow'] }, async ({
    database,
    project,
  }) => {
    await project.migrations(files)
    await writeDown(project.directory, 'drop table b;--> statement-breakpoint\ndrop table nowhere')
    await project.apply()

    const { code, output } = await runOn(database, project, 'down')

    expect(output).toMatch(/^0001_b\.down\.sql failed.* "nowhere" does not exist \(42P01\)/)
    expect(code).toBe(1)
    expect(await database.query(rows)).toHaveLength(2)
    expect(await database.query('select * from b')).toEqual([])
  })

  test('refuses a file that ends its transaction, before it runs', async ({
    database,
    project,
  }) => {
    await project.migrations(files)
    await writeDown(project.directory, 'drop table b;\ncommit;\nselect 1 / 0;')
    await project.apply()

    await expect(undoLast(database.url, project.folder)).rejects.toThrow(
      /^0001_b\.down\.sql begins or ends a transaction of its own/,
    )

    expect(await database.query(rows)).toHaveLength(2)
    expect(await database.query('select * from b')).toEqual([])
  })

  test('refuses a file with a byte order mark, before it runs', async ({ database, project }) => {
    await project.migrations(files)
    await writeDown(project.directory, '\ufeffdrop table b')
    await project.apply()

    await expect(undoLast(database.url, project.folder)).rejects.toThrow(
      /^0001_b\.down\.sql has a byte order mark \(BOM\)/,
    )
  })

  test('says that there is no down file', async ({ database, project }) => {
    await project.migrations(files)
    await project.apply()

    await expect(undoLast(database.url, project.folder)).rejects.toThrow(
      /^0001_b cannot be undone: there is no drizzle\/0001_b\.down\.sql\./,
    )
  })

  test('says that nothing is applied', async ({ database, project }) => {
    await project.migrations(files)

    await expect(undoLast(database.url, project.folder)).rejects.toThrow(
      'No migration is applied, so there is nothing to undo.',
    )
  })

  test('leaves a database elsewhere alone, unless it is forced', async ({ project }) => {
    const elsewhere = { url: 'postgresql://owner:canary@db.invalid/users' }

    const refused = await runOn(elsewhere, project, 'down')
    const forced = await runOn(elsewhere, project, 'down', '--force')

    expect(refused.output).toMatch(/^The database is at db\.invalid, and what .* with --force\.\n$/)
    expect(forced.output).toMatch(/^The host db\.invalid .* is not known\./)
    expect([refused.code, forced.code]).toEqual([2, 1])
    expect(refused.output + forced.output).not.toContain('canary')
  })
})
