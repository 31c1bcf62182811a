import { join } from 'node:path'
import { test as base, expect } from 'vitest'
import { openRefusedFiles } from '../../scripts/users/import/refused-files.ts'
import { linkProject } from '../support/project.ts'

const test = base
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('project', async ({}, { onCleanup }) => {
    const project = await linkProject()
    onCleanup(() => project.remove())
    return project
  })

test.for(['users.refused.csv', 'users.refused.reasons.ndjson'])(
  '%s of an earlier import is kept, unless that import goes on',
  async (earlier, { project }) => {
    const records = join(project.directory, 'users.refused.csv')
    await project.write(earlier, 'precious')

    const anew = openRefusedFiles(records, false)
    const onwards = openRefusedFiles(records, true)

    await expect(anew).rejects.toThrow(`${earlier} is there already, of an earlier import`)
    expect((await onwards).records).toBe(records)
  },
)
