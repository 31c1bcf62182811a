import { describe, expect } from 'vitest'
import { readStatus } from '../../scripts/migrations/status.ts'
import { runOn } from '../support/database-command.ts'
import { test } from '../support/migration-test.ts'

const files = {
  '0000_a': 'create table a ()',
  '0001_b': 'create table b ()',
}

const schemas = `select nspname from pg_namespace where nspname = 'drizzle'`

describe('npm run db:status', () => {
  test('lists what an empty database lacks, and creates nothing', async ({ database, project }) => {
    await project.migrations(files)

    const { code, output } = await runOn(database, project, 'status')

    expect(output).toBe(
      '  pending  1970-01-01 00:00  0000_a\n' +
        '  pending  1970-01-01 00:00  0001_b\n' +
        'The database is behind: run `npm run db:migrate`.\n',
    )
    expect(code).toBe(0)
    expect(await database.query(schemas)).toEqual([])
  })

  test('tells what is applied from what is not, also to programs', async ({
    database,
    project,
  }) => {
    await project.migrations({ '0000_a': files['0000_a'] })
    await project.apply()
    await project.migrations(files)

    const { code, output } = await runOn(database, project, 'status', '--json')

    expect(JSON.parse(output)).toEqual({
      database: 'behind',
      migrations: [
        { tag: '0000_a', when: '1970-01-01T00:00:00.001Z', state: 'applied' },
        { tag: '0001_b', when: '1970-01-01T00:00:00.002Z', state: 'pending' },
      ],
    })
    expect(code).toBe(0)
  })

  test('refuses an option that it does not have', async ({ database, project }) => {
    const { code, output } = await runOn(database, project, 'status', '--jsno')

    expect(output).toMatch(/'--jsno'.*\nUsage: npm run db:status/)
    expect(code).toBe(2)
  })
})

describe('npm run db:check', () => {
  test('succeeds when nothing is pending', async ({ database, project }) => {
    await project.migrations(files)
    await project.apply()

    const { code, output } = await runOn(database, project, 'check')

    expect(output).toBe('The database is up to date.\n')
    expect(code).toBe(0)
  })

  test('names what is pending, and creates nothing', async ({ database, project }) => {
    await project.migrations(files)

    const { code, output } = await runOn(database, project, 'check')

    expect(output).toBe(
      'The database is behind: run `npm run db:migrate` to apply 0000_a, 0001_b.\n',
    )
    expect(code).toBe(4)
    expect(await database.query(schemas)).toEqual([])
  })
})

describe('histories that differ', () => {
  test.for([
    ['edited', { ...files, '0001_b': 'create table bb ()' }, /^0001_b\.sql was edited after/],
    [
      'missing',
      { '0000_a': files['0000_a'], '0001_c': { sql: '', when: 3 } },
      /that this folder has/,
    ],
    ['ahead', { '0000_a': files['0000_a'] }, /^The database is ahead of this checkout/],
    [
      'out of order',
      {
        '0000_z': { sql: '', when: 0 },
        '0000_a': { sql: files['0000_a'], when: 1 },
        '0001_b': { sql: files['0001_b'], when: 2 },
      },
      /^0000_z is older than what the database has already/,
    ],
  ] as const)('are told: %s', async ([, changed, sentence], { database, project }) => {
    await project.migrations(files)
    await project.apply()
    await project.migrations(changed)

    expect(await readStatus(database.url, project.folder)).toMatchObject({
      database: 'different',
      problem: expect.stringMatching(sentence),
    })
  })

  test('end each command with a code of their own', async ({ database, project }) => {
    await project.migrations(files)
    await project.apply()
    await project.migrations({ '0000_a': files['0000_a'] })

    const [status, json, check] = await Promise.all([
      runOn(database, project, 'status'),
      runOn(database, project, 'status', '--json'),
      runOn(database, project, 'check'),
    ])

    expect(status.output).toMatch(/^The database is ahead of this checkout/m)
    expect(JSON.parse(json.output)).toMatchObject({ database: 'different' })
    expect(check.output).toMatch(/^The database is ahead of this checkout/)
    expect([status.code, json.code, check.code]).toEqual([5, 5, 5])
  })
})
