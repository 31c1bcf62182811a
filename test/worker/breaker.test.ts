import { describe, expect, test } from 'vitest'
import { createBreaker } from '../../src/db/breaker.ts'

function breakerAt(start: number) {
  const clock = { ms: start }
  return { clock, breaker: createBreaker(5_000, () => clock.ms) }
}

function trip(breaker: ReturnType<typeof createBreaker>) {
  for (let timeout = 0; timeout < 5; timeout += 1) {
    breaker.failed('deadline')
  }
}

describe('the breaker', () => {
  test('opens after five deadlines in a row, and not when one in between was met', () => {
    const { breaker } = breakerAt(1_000)
    for (let round = 0; round < 10; round += 1) {
      breaker.failed('deadline')
      breaker.failed('network')
      breaker.answered()
    }

    expect(breaker.isOpen()).toBe(false)
    trip(breaker)
    expect(breaker.isOpen()).toBe(true)
  })

  test('stays closed whatever fails at once', () => {
    const { breaker } = breakerAt(1_000)

    for (let round = 0; round < 100; round += 1) {
      breaker.failed('network')
    }

    expect(breaker.isOpen()).toBe(false)
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

  test.for(['deadline', 'network'] as const)(
    'rests another second after a probe that ends in a %s',
    (how) => {
      const { breaker, clock } = breakerAt(1_000)
      trip(breaker)
      clock.ms += 1_000
      breaker.isOpen()
      breaker.failed(how)

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
