// Takes over ten seconds: types and dead code of a whole copy of the project.

import { describe } from 'vitest'
import { checkTypes, test } from '../support/copy-test.ts'
import { removals, takeOut } from '../support/removals.ts'

describe('what docs/adopting.md takes out', () => {
  test('comes out part after part', async ({ copy }) => {
    for (const part of removals) {
      await takeOut(part, copy)
    }
  })

  test('leaves a project that is whole', { tags: ['slow'], timeout: 300_000 }, async ({ copy }) => {
    for (const part of removals) {
      await takeOut(part, copy)
    }

    await checkTypes(copy)
  })
})
