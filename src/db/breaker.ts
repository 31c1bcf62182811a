/** Tells whether the database seems to hang. Requests then fail at once instead of piling up. */
export type Breaker = {
  /** False now and then while it hangs, so that one request finds out whether it is back. */
  isOpen(): boolean
  answered(): void
  /** `ms` is how long it took. */
  failed(ms: number): void
}

/** In a row, without an answer in between. */
const tripsAfter = 5
const restMs = 1_000

/** Failures that are quicker than this do not pile up. */
const slowMs = 1_000

/**
 * Every slow failure counts, however it ended: when PostgreSQL is frozen, Neon answers properly,
 * but two seconds late, that it gets no session. `probeMs` is how long a probe may take. No other
 * is sent meanwhile, even if the end of the first is never reported.
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
