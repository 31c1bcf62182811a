import { describe, expect, test } from 'vitest'
import { workMs } from '../../scripts/check/budgets.ts'

const nodes = [
  { id: 1, callFrame: { functionName: 'start' } },
  { id: 2, callFrame: { functionName: '(idle)' } },
]
const profile = (samples: number[], timeDeltas: number[]) => ({ nodes, samples, timeDeltas })

describe('the CPU of a start', () => {
  test('is what it worked, without the time in which it waited', () => {
    expect(workMs(profile([1, 1, 2, 1], [1_000, 1_000, 1_000, 1_000]))).toBe(3)
  })

  test('hardly grows when other programs have its core for a while', () => {
    expect(workMs(profile([1, 1, 1, 1, 1], [1_000, 90_000, 1_000, 1_000, 1_000]))).toBe(6)
  })
})
