import { describe, expect } from 'vitest'
import { problems } from '../../src/problem-statuses.ts'
import { codesOf, guardedOperations } from '../support/contract.ts'
import { fuzzContract } from '../support/contract-fuzz.ts'
import { test } from '../support/test.ts'

/** What a list says of an empty table. */
const ofEmptyLists = guardedOperations
  .filter(({ method, template }) => method === 'GET' && !template.includes('{'))
  .flatMap(({ operation }) => codesOf(operation, '404'))

/**
 * There are rows all the time, and few of them; everybody may do all, the host is that of the service,
 * and the database is never away, nor restored.
 */
const neverMet = ['invalid-host', 'search-too-broad', 'feed-restarted', ...ofEmptyLists]

const everyRefusal = Object.entries(problems)
  .filter(
    ([code, { status }]) =>
      ![401, 403, 429].includes(status) && status < 500 && !neverMet.includes(code),
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
