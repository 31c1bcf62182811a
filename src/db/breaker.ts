/** Whether the database seems to hang, so that requests fail at once in place of piling up. */
export type Breaker = {
  /** Lets one request through now and then, to find out. */
  isOpen(): boolean
  answered(): void
  /** `ms` is how long it took. */
  failed(ms: number): void
}

/** In a row, without an answer in between. */
const tripsAfter = 5
const restMs = 1_000

/** What has failed quicker than that piles nothing up. */
const slowMs = 1_000

/**
 * It does not matter what ended a request that took as long as a deadline: a Neon that gets no
 * session of a frozen PostgreSQL says so in good order, two seconds later. `probeMs` is what a probe
 * may take, during which no other is sent, even when nobody hears of its end.
 */
export function createBreaker(probeMs: number, now: () => number = Date.now): Breaker {
  let slowFailures = 0
  let nextProbeAt = 0

  return {
    isOpen() {
      if (slowFailures < tripsAfter) {
        return false
      }
      if (now() < nextProbeAt) {
        return true
      }
      nextProbeAt = now() + probeMs
      return false
    },
    answered() {
      slowFailures = 0
    },
    failed(ms) {
      slowFailures += ms >= slowMs ? 1 : 0
      nextProbeAt = now() + restMs
    },
  }
}
