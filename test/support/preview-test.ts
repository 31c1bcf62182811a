import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { inject } from 'vitest'
import { createEmptyDatabase } from './empty-database.ts'
import { installRecordingWrangler } from './preview-wrangler.ts'
import { linkProject } from './project.ts'
import { test as base } from './test.ts'

/** The empty database of a `branch`, and a `preview` to run with a stand-in for wrangler. */
export const test = base
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('branch', async ({}, { onCleanup }) => {
    const branch = await createEmptyDatabase(inject('postgresUrl'))
    onCleanup(async () => {
      await branch.query('drop owned by users_preview').catch(() => {})
      await branch.query('drop role if exists users_preview')
      await branch.drop()
    })
    return branch
  })
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('preview', async ({}, { onCleanup }) => {
    const project = await linkProject()
    onCleanup(() => project.remove())
    const wrangler = await installRecordingWrangler(project.directory)
    const temporary = join(project.directory, 'temporary')
    await mkdir(temporary)
    return {
      calls: wrangler.calls,
      write: project.write,
      /** What is left of its temporary files. */
      leftovers: () => readdir(temporary),
      run: (args: readonly string[], env: Record<string, string> = {}, url?: string) =>
        project.run('node', ['scripts/preview/preview.ts', ...args], {
          ...wrangler.env(url),
          CI: '',
          TMPDIR: temporary,
          ...env,
        }),
    }
  })

export const named = ['--name', 'pr-12']
