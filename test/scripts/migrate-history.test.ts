import { describe, expect } from 'vitest'
import { longHistory } from '../support/long-history.ts'
import { addPeople, expectSchema, migrateUnderLoad } from '../support/migrate-under-load.ts'
import { test } from '../support/migration-test.ts'

describe('a history of 17 migrations', () => {
  test('goes up on an empty database, to the schema at its end', { tags: ['slow'] }, async ({
    project,
    database,
  }) => {
    await project.migrations(longHistory)

    const command = project.migrate()

    expect(await command.ended, command.output()).toBe(0)
    await expectSchema(database)
  })

  test('goes up while 16 clients read and write, and none fails or waits', {
    tags: ['slow'],
  }, async ({ project, database }) => {
    await addPeople(project, database, 20_000)
    await project.migrations(longHistory)

    const longestMs = await migrateUnderLoad(database, project.migrate)

    expect(longestMs).toBeLessThan(2_000)
    await expectSchema(database)
  })
})
