import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toIso, toMs } from '../../src/rows/moment.ts'

/** As far as a Date goes (ECMA-262 section 21.4.1.1). */
const furthest = 8_640_000_000_000_000

describe('a moment', () => {
  test('is written as Date.toISOString writes it, whatever was asked for before', () => {
    const near = fc.integer({ min: -86_400_001, max: 86_400_001 })
    const far = fc.integer({ min: -furthest, max: furthest })

    fc.assert(
      fc.property(fc.oneof(near, far), (milliseconds) => {
        expect(toIso(milliseconds)).toBe(new Date(milliseconds).toISOString())
      }),
      { numRuns: 2_000, examples: [[0], [-1], [furthest], [-furthest], [253_402_300_800_000]] },
    )
  })

  test('is read from the microseconds that PostgreSQL stores, in the whole range of a Date', () => {
    const sent = (micros: bigint) => {
      const bytes = new Uint8Array(8)
      new DataView(bytes.buffer).setBigInt64(0, micros)
      return bytes.toBase64()
    }
    const year2000 = Date.UTC(2000)
    // PostgreSQL's own range begins in 4713 BC.
    const any = fc.integer({ min: -210_866_803_200_000, max: furthest })

    fc.assert(
      fc.property(fc.oneof(any, fc.integer({ min: 0, max: 4_000_000_000_000 })), (milliseconds) => {
        expect(toMs(sent(BigInt(milliseconds - year2000) * 1_000n))).toBe(milliseconds)
      }),
      {
        numRuns: 2_000,
        examples: [[0], [year2000], [year2000 - 1], [253_402_300_799_999], [furthest]],
      },
    )
  })
})
