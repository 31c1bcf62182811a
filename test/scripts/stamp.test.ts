import { describe, expect } from 'vitest'
import { runOn } from '../support/database-command.ts'
import { house } from '../support/house.ts'
import { test } from '../support/migration-test.ts'

const files = { ...house, '0002_later': 'create table later ()' }
const rows = 'select hash from drizzle.__drizzle_migrations'

describe('npm run db:stamp', () => {
  test('takes over a database that has the tables and no history', async ({
    database,
    project,
  }) => {
    await project.migrations(house)
    await project.apply()
    await database.query('drop schema drizzle cascade')
    await project.migrations(files)

    const { code, output } = await runOn(database, project, 'stamp', '0001')
    expect(output).toMatch(/^Stamped: 0000_house, 0001_index\.\nGrants are not compared: .*\n$/)
    expect(code).toBe(0)

    const migrate = project.migrate()
    expect(await migrate.ended, migrate.output()).toBe(0)
    expect(migrate.output()).toMatch(/^ {2}0002_later +\d+ ms\nThe database is up to date\.\n$/)
  })

  test('refuses a database that is not what the migrations make', async ({ database, project }) => {
    await database.query('create table a (id int)')
    await project.migrations({ '0000_a': 'create table a (id bigint)' })

    const { code, output } = await runOn(database, project, 'stamp', '0000_a')

    expect(output).toBe(
      'The database is not what the migrations up to 0000_a make, and nothing was stamped:\n' +
        'only in the migrations: column public.a.id bigint\n' +
        'only in the database: column public.a.id integer\n',
    )
    expect(code).toBe(1)
    expect(await database.query(`select to_regnamespace('drizzle') as it`)).toEqual([{ it: null }])
  })

  test('refuses a database that has a history', async ({ database, project }) => {
    await project.migrations({ '0000_a': 'create table a ()' })
    await project.apply()

    const { code, output } = await runOn(database, project, 'stamp', '0000_a')

    expect(output).toMatch(/^drizzle\.__drizzle_migrations has 1 row already\. Only a database/)
    expect(code).toBe(1)
    expect(await database.query(rows)).toHaveLength(1)
  })

  test('gives one of two at once the table', { tags: ['slow'] }, async ({ database, project }) => {
    await project.migrations({ '0000_a': 'select 1' })

    const ends = await Promise.all(
      ['0000', '0000'].map((tag) => runOn(database, project, 'stamp', tag)),
    )

    expect(ends.map(({ code }) => code).sort()).toEqual([0, 1])
    expect(await database.query(rows)).toHaveLength(1)
  })

  test('lists the tags when it does not know one, and asks for one', { tags: ['slow'] }, async ({
    database,
    project,
  }) => {
    await project.migrations({ '0000_a': 'create table a ()' })

    const unknown = await runOn(database, project, 'stamp', 'nowhere')
    const none = await runOn(database, project, 'stamp')

    expect(unknown.output).toBe('No migration begins with nowhere. There are:\n  0000_a\n')
    expect(none.output).toMatch(/^Name the last migration .*\nUsage: npm run db:stamp -- TAG\n$/)
    expect([unknown.code, none.code]).toEqual([2, 2])
  })
})
