import { describe, expect, test } from 'vitest'
import { hasFields } from '../../src/client/answers.ts'
import { together } from '../../src/resources.ts'

describe('the problems of all resources', () => {
  test('are those of each', () => {
    expect(together([{ 'user-not-found': 1 }, { 'team-not-found': 2 }])).toEqual({
      'user-not-found': 1,
      'team-not-found': 2,
    })
  })

  test('have no code twice: the second would take the place of the first', () => {
    expect(() => together([{ 'no-such-user': 1 }, { taken: 2 }, { 'no-such-user': 3 }])).toThrow(
      'Two resources have the problem no-such-user: let one use that of the other.',
    )
  })
})

describe('a row that a client reads', () => {
  const isDevice = hasFields<{ id: number; seenAt: string | null }>({
    id: 'number',
    seenAt: ['string', 'null'],
  })

  test.for([
    [{ id: 1, seenAt: null }, true],
    [{ id: 1, seenAt: '2026-11-29T00:00:00.000Z' }, true],
    [{ id: 1, seenAt: 7 }, false],
    [{ id: 1 }, false],
    [{ id: null, seenAt: null }, false],
  ] as const)('may have null where it is named: %j', ([row, isRow]) => {
    expect(isDevice(row)).toBe(isRow)
  })
})
