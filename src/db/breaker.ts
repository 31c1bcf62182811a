/** Whether the database seems to hang, so that requests fail at once in place of piling up. */
export type Breaker = {
  /** Lets one request through now and then, to find out. */
  isOpen(): boolean
  answered(): void
  failed(how: 'deadline' | 'network'): void
}

/** In a row, without an answer in between. */
const tripsAfter = 5
const restMs = 1_000

/**
 * Deadlines alone count: what fails quickly piles nothing up. `probeMs` is what a probe may take,
 * during which no other is sent, even when nobody hears of its end.
 */
export function createBreaker(probeMs: number, now: () => number = Date.now): Breaker {
  let timeouts = 0
  let nextProbeAt = 0

  return {
    isOpen() {
      if (timeouts < tripsAfter) {
        return false
      }
      if (now() < nextProbeAt) {
        return true
      }
      nextProbeAt = now() + probeMs
      return false
    },
    answered() {
      timeouts = 0
    },
    failed(how) {
      timeouts += how === 'deadline' ? 1 : 0
      nextProbeAt = now() + restMs
    },
  }
}
