import { describe, expect } from 'vitest'
import { fuzzContract } from '../support/contract-fuzz.ts'
import { test } from '../support/shared-test.ts'

describe('whatever is sent', () => {
  test('the service answers as openapi.json says', async ({ service }) => {
    await fuzzContract(service, 30)
  })

  test('the service answers as openapi.json says, and accepts some of it', {
    tags: ['slow'],
  }, async ({ service }) => {
    const outcomes = await fuzzContract(service, 300)

    // It would be of no use to be refused at the door each time.
    for (const outcome of ['200', 'validation-failed', 'unsupported-media-type', 'not-found']) {
      expect(outcomes.get(outcome), outcome).toBeGreaterThan(0)
    }
  })
})
