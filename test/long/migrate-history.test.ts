import { describe, expect } from 'vitest'
import { defaultTimeouts } from '../../scripts/migrations/apply.ts'
import { longHistory } from '../support/long-history.ts'
import { addPeople, expectSchema, migrateUnderLoad } from '../support/migrate-under-load.ts'
import { test } from '../support/migration-test.ts'

describe('a history of 17 migrations', () => {
  test('goes up on 1,000,000 users while 16 clients read and write', async ({
    project,
    database,
  }) => {
    await addPeople(project, database, 1_000_000)
    await project.migrations(longHistory)

    const start = performance.now()
    const longestMs = await migrateUnderLoad(database, project.migrate)

    const seconds = ((performance.now() - start) / 1_000).toFixed(0)
    console.log(`${seconds} s; the longest wait of a request was ${longestMs.toFixed(0)} ms.`)
    expect(longestMs).toBeLessThan(defaultTimeouts.lockMs)
    await expectSchema(database)
  }, 600_000)
})
