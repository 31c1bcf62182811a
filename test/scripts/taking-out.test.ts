import { describe } from 'vitest'
import { test } from '../support/copy-test.ts'
import { removals, takeOut } from '../support/removals.ts'

describe('what docs/adopting.md takes out', () => {
  test('comes out part after part', async ({ copy }) => {
    for (const part of removals) {
      await takeOut(part, copy)
    }
  })
})
