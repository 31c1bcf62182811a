import { describe, expect, test } from 'vitest'
import { createPool } from '../../src/pool.ts'

const clock = { time: 0 }
const pool = () => createPool(10, 1_000, () => clock.time)

describe('a pool', () => {
  test('gives no more than it has', () => {
    const { share, isSpent } = pool()
    const [one, other] = [share(), share()]

    expect([one.take(6), other.take(6), other.take(4), other.take(1)]).toEqual([
      true,
      false,
      true,
      false,
    ])
    expect(isSpent()).toBe(true)
    one.free()
    expect(isSpent()).toBe(false)
    expect([other.take(7), other.take(6)]).toEqual([false, true])
  })

  test('gives each owner as much', () => {
    const { share } = pool()
    const [one, ones, others] = [share('one'), share('one'), share('other')]

    expect([one.take(10), ones.take(1), others.take(10)]).toEqual([true, false, true])
    one.free()
    expect([ones.take(10), others.take(1)]).toEqual([true, false])
  })

  test('has back what was not kept for longer than the term', () => {
    const { share, isSpent } = pool()
    const [kept, lost] = [share(), share()]
    kept.take(5)
    lost.take(5)

    clock.time += 900
    expect(kept.take(0)).toBe(true)
    clock.time += 900

    expect(isSpent()).toBe(false)
    expect([kept.take(5), lost.take(0)]).toEqual([true, false])
  })

  test('gives nothing to a share that was freed, however often', () => {
    const { share } = pool()
    const freed = share()
    freed.take(10)
    freed.free()
    freed.free()

    expect(freed.take(0)).toBe(false)
    expect([share().take(10), share().take(1)]).toEqual([true, false])
  })
})
