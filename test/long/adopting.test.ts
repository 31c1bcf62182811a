import { describe } from 'vitest'
import { checkAll, commit, test } from '../support/copy-test.ts'
import { removals, takeOut } from '../support/removals.ts'

describe('docs/adopting.md', () => {
  test.for(removals)(
    'takes out all of a part, and every test passes: %s',
    { timeout: 1_800_000 },
    async (part, { copy }) => {
      await takeOut(part, copy)

      await copy.run('biome', 'format', '--write', '--vcs-enabled=false', '.')
      await copy.run('npm', 'run', 'types')
      // wrangler has built the pages for it.
      await copy.run('rm', '-rf', 'dist')
      await copy.run('node', 'scripts/build/openapi.ts')
      await checkAll(copy)
    },
  )

  test('gives a name with which every test passes, and another one', {
    timeout: 1_800_000,
  }, async ({ repository }) => {
    // In no other word of the project, not even here.
    for (const words of [
      ['quiet', 'otter'],
      ['loud', 'heron', 'eu'],
    ]) {
      await repository.run('node', 'scripts/adopt/rename.ts', words.join('-'))
      await commit(repository)
    }

    await checkAll(repository)
  })
})
