import { describe, expect, test } from 'vitest'
import { createBreaker } from '../../src/db/breaker.ts'

/** Milliseconds: as a deadline takes, and as a refused connection does. */
const [deadline, atOnce] = [5_000, 10]

function breakerAt(start: number) {
  const clock = { ms: start }
  return { clock, breaker: createBreaker(5_000, () => clock.ms) }
}

function trip(breaker: ReturnType<typeof createBreaker>) {
  for (let failure = 0; failure < 5; failure += 1) {
    breaker.failed(deadline)
  }
}

describe('the breaker', () => {
  test('opens after five slow failures in a row, and not with an answer in between', () => {
    const { breaker } = breakerAt(1_000)
    for (let round = 0; round < 10; round += 1) {
      breaker.failed(deadline)
      breaker.failed(atOnce)
      breaker.answered()
    }

    expect(breaker.isOpen()).toBe(false)
    trip(breaker)
    expect(breaker.isOpen()).toBe(true)
  })

  test('stays closed whatever fails at once', () => {
    const { breaker } = breakerAt(1_000)

    for (let round = 0; round < 100; round += 1) {
      breaker.failed(atOnce)
    }

    expect(breaker.isOpen()).toBe(false)
  })

  test('opens for what takes as long as a deadline, however it ends', () => {
    const { breaker } = breakerAt(1_000)

    for (const ms of [1_000, 2_000, 2_000, 4_000, 1_500]) {
      expect(breaker.isOpen()).toBe(false)
      breaker.failed(ms)
      breaker.failed(atOnce)
    }

    expect(breaker.isOpen()).toBe(true)
  })

  test('lets one through after a second, and all once that one has an answer', () => {
    const { breaker, clock } = breakerAt(1_000)
    trip(breaker)

    clock.ms += 1_000
    const attempts = [breaker.isOpen(), breaker.isOpen(), breaker.isOpen()]
    breaker.answered()

    expect(attempts).toEqual([false, true, true])
    expect(breaker.isOpen()).toBe(false)
  })

  test.for([deadline, atOnce])(
    'rests another second after a probe that fails after %i ms',
    (ms) => {
      const { breaker, clock } = breakerAt(1_000)
      trip(breaker)
      clock.ms += 1_000
      breaker.isOpen()
      breaker.failed(ms)

      const soon = breaker.isOpen()
      clock.ms += 1_000

      expect([soon, breaker.isOpen()]).toEqual([true, false])
    },
  )

  test('sends another probe when nobody hears of the first', () => {
    const { breaker, clock } = breakerAt(1_000)
    trip(breaker)
    clock.ms += 1_000
    breaker.isOpen()

    clock.ms += 4_999
    const before = breaker.isOpen()
    clock.ms += 1

    expect([before, breaker.isOpen()]).toEqual([true, false])
  })
})
