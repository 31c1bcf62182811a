import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test as base } from 'vitest'
import { copyProject, type ProjectCopy } from './project-copy.ts'

/** `copy` is a copy of the project for one test, and `repository` one that stands in a commit. */
export const test = base
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('copy', async ({}, { onCleanup }) => {
    const copy = await copyProject()
    onCleanup(copy.remove)
    return copy
  })
  .extend('repository', async ({ copy }) => {
    await copy.run('git', 'init', '--quiet')
    await writeFile(join(copy.directory, '.git/info/exclude'), 'node_modules\n')
    await commit(copy)
    return copy
  })

export async function commit({ run }: ProjectCopy): Promise<void> {
  const who = ['-c', 'user.name=test', '-c', 'user.email=test@example.com']
  await run('git', 'add', '.')
  await run('git', ...who, 'commit', '--quiet', '--message', 'The project')
}

/** Rejects with a name that nothing has, and with what nothing needs. */
async function checkTypes({ run }: ProjectCopy): Promise<void> {
  for (const project of ['.', 'src', 'test/worker', 'packages/neon-local']) {
    await run('tsc', '-p', project)
  }
  const { stdout } = await run('knip')
  if (stdout.includes('Refine')) {
    throw new Error(stdout)
  }
}

const checkStyle = ({ run }: ProjectCopy) => run('biome', 'ci', '--vcs-enabled=false', '.')

const quick = [
  ...['long', 'browser', 'worker'].flatMap((name) => ['--project', `!${name}`]),
  ...['--tags-filter', '!slow'],
]

/** All of `npm run check`, and `npm test`. */
export async function checkAll(copy: ProjectCopy): Promise<void> {
  await checkStyle(copy)
  await checkTypes(copy)
  await copy.run('node', 'scripts/check/check.ts')
  await copy.run('vitest', 'run', ...quick)
}
