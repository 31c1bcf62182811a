import { pauseAfter, sleepUntil } from './back-off.ts'
import { ProblemError } from './errors.ts'
import { send } from './send.ts'

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

/**
 * A `send` for which a service that is too busy is no failure: the time of the call alone limits how long
 * it waits for its turn in `line`.
 */
export const sendInLine =
  (line: Line, onBusy: (() => void) | undefined): typeof send =>
  async (attempt, options) => {
    const end = performance.now() + options.timeoutMs
    const over = new AbortController()
    const signal = AbortSignal.any([options.signal ?? [], over.signal].flat())
    let leave: (() => void) | undefined
    let refusals = 0

    const attemptInTurn: typeof attempt = async (stop) => {
      for (;;) {
        try {
          return await attempt(stop)
        } catch (error) {
          signal.throwIfAborted()
          if (!isBusy(error)) {
            throw error
          }
          refusals += 1
          const waitUntil = performance.now() + pauseAfter(error, refusals)
          if (waitUntil >= end) {
            // `send` must not take it for a failure that may pass.
            over.abort(error)
            throw error
          }
          onBusy?.()
          leave ??= await line(stop).catch(() => {
            over.abort(error)
            throw error
          })
          await sleepUntil(waitUntil, stop)
        }
      }
    }
    try {
      return await send(attemptInTurn, { ...options, signal })
    } finally {
      leave?.()
    }
  }

const isBusy = (error: unknown) => error instanceof ProblemError && error.problem.code === 'busy'
