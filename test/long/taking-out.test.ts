import { describe } from 'vitest'
import { checkCode, test } from '../support/copy-test.ts'
import { removals, takeOut } from '../support/removals.ts'

const quick = ['--project', '!long', '--project', '!browser', '--tags-filter', '!slow']

describe('what docs/adopting.md takes out', () => {
  test.for(removals)(
    'leaves nothing behind, and every test passes: %s',
    { timeout: 900_000 },
    async (part, { copy }) => {
      await takeOut(part, copy)

      await copy.run('node', 'scripts/build/openapi.ts')
      await checkCode(copy)
      await copy.run('node', 'scripts/check/check.ts')
      await copy.run('vitest', 'run', ...quick)
    },
  )
})
