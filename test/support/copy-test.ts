import { test as base } from 'vitest'
import { copyProject, type ProjectCopy } from './project-copy.ts'

/** `copy` is a copy of the project for one test. */
export const test = base
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('copy', async ({}, { onCleanup }) => {
    const copy = await copyProject()
    onCleanup(copy.remove)
    return copy
  })

/** Format, lint, import rules, types and dead code, as `npm run check` begins. Rejects with what is wrong. */
export async function checkCode({ run }: ProjectCopy): Promise<void> {
  await run('biome', 'ci', '--vcs-enabled=false', '.')
  for (const project of ['.', 'src', 'test/worker']) {
    await run('tsc', '-p', project)
  }
  const { stdout } = await run('knip')
  if (stdout.includes('Refine')) {
    throw new Error(stdout)
  }
}
