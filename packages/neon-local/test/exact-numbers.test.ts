import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseWithSources } from '../src/endpoint/exact-numbers.ts'

const sourcesIn = (text: string, isNative?: boolean): unknown =>
  parseWithSources<unknown>(
    text,
    (_key, value, source) => (typeof value === 'number' ? { source } : value),
    isNative,
  )

describe('JSON with the source of each number, as Node 20 reads it', () => {
  test('keeps every digit, and leaves alone what only looks like a number', () => {
    const text = '{"1":-0,"a":[1e2,12345678901234567890,"3",{"\\"4":"5\\\\\\"6,7"}],"b":1.50}'

    expect(sourcesIn(text, false)).toEqual({
      1: { source: '-0' },
      a: [{ source: '1e2' }, { source: '12345678901234567890' }, '3', { '"4': '5\\"6,7' }],
      b: { source: '1.50' },
    })
  })

  test('is the same as a newer Node reads', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(sourcesIn(text, false)).toEqual(sourcesIn(text))
      }),
    )
  })
})
