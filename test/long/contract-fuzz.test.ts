import { describe, expect } from 'vitest'
import { problems } from '../../src/errors.ts'
import { fuzzContract } from '../support/contract-fuzz.ts'
import { test } from '../support/test.ts'

/** There are users all the time, everybody may do all, and the database is never away. */
const everyRefusal = Object.entries(problems)
  .filter(
    ([code, { status }]) =>
      ![401, 403, 429].includes(status) && status < 500 && code !== 'no-users',
  )
  .map(([code]) => code)

describe('whatever is sent, 10,000 times', () => {
  test('the service answers as openapi.json says', { timeout: 900_000 }, async ({ service }) => {
    const outcomes = await fuzzContract(service, 10_000)

    // What is never met is not tested.
    expect([...outcomes.keys()]).toEqual(
      expect.arrayContaining(['200', '201', '204', '302', '304', ...everyRefusal]),
    )
  })
})
