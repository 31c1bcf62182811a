/** Resolves when it is one's turn, with the function that ends it. Rejects when the signal aborts. */
export type Line = (signal: AbortSignal) => Promise<() => void>

/**
 * Lets those that the service was too busy for ask again one at a time: each asks for the others, too,
 * and all at once would only keep it busier.
 */
export function createLine(): Line {
  let last: Promise<void> = Promise.resolve()

  return async (signal) => {
    const before = last
    const { promise: over, resolve: leave } = Promise.withResolvers<void>()
    last = before.then(() => over)

    const { promise: aborted, reject } = Promise.withResolvers<never>()
    const giveUp = () => reject(signal.reason)
    signal.addEventListener('abort', giveUp)
    try {
      signal.throwIfAborted()
      await Promise.race([before, aborted])
    } catch (error) {
      leave()
      throw error
    } finally {
      signal.removeEventListener('abort', giveUp)
    }
    return leave
  }
}
