/** Places of a caller in this isolate. */
export type SearchPlaces = {
  /** Gives what frees the place again, or nothing when none is left. */
  take(caller: string): (() => void) | undefined
}

/**
 * What is not freed is free again after `termMs`: when its client goes, the runtime may drop a request
 * without a word, so that no `finally` of it runs.
 */
export function createSearchPlaces(
  perCaller: number,
  termMs: number,
  now: () => number = Date.now,
): SearchPlaces {
  const terms = new Map<string, readonly number[]>()

  return {
    take(caller) {
      const running = (terms.get(caller) ?? []).filter((end) => end > now())
      if (running.length >= perCaller) {
        return undefined
      }
      const end = now() + termMs
      terms.set(caller, [...running, end])

      return () => {
        const left = [...(terms.get(caller) ?? [])]
        const place = left.indexOf(end)
        // Its term may be over, and the place somebody else's.
        if (place !== -1) {
          left.splice(place, 1)
          terms.set(caller, left)
        }
        if (left.length === 0) {
          terms.delete(caller)
        }
      }
    },
  }
}
