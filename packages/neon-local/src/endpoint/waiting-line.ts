import { withResolvers } from '../with-resolvers.ts'

export type WaitingLine<T> = {
  /** Resolves when it is one's turn; rejects when the signal says that nobody waits any more. */
  join(signal: AbortSignal): Promise<T>
  /** Gives whoever has waited longest what is provided; provides nothing when nobody waits. */
  serve(provide: () => T | Promise<T>): void
  isEmpty(): boolean
}

/** First come, first served. */
export function createWaitingLine<T>(): WaitingLine<T> {
  const waiting = new Set<(value: T | Promise<T>) => void>()

  return {
    join(signal) {
      const { promise, resolve, reject } = withResolvers<T>()
      waiting.add(resolve)
      const leave = () => waiting.delete(resolve) && reject(signal.reason)
      signal.addEventListener('abort', leave, { once: true })
      return promise
    },
    serve(provide) {
      const [resolve] = waiting
      if (resolve) {
        waiting.delete(resolve)
        resolve(provide())
      }
    },
    isEmpty: () => waiting.size === 0,
  }
}
