import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toIso } from '../../src/rows/moment.ts'

/** As far as a Date goes (ECMA-262 section 21.4.1.1). */
const furthest = 8_640_000_000_000_000

describe('a moment', () => {
  test('is written as Date.toISOString writes it, whatever was asked for before', () => {
    const near = fc.integer({ min: -86_400_001, max: 86_400_001 })
    const far = fc.integer({ min: -furthest, max: furthest })

    fc.assert(
      fc.property(fc.oneof(near, far), (milliseconds) => {
        expect(toIso(String(milliseconds))).toBe(new Date(milliseconds).toISOString())
      }),
      { numRuns: 2_000, examples: [[0], [-1], [furthest], [-furthest], [253_402_300_800_000]] },
    )
  })
})
