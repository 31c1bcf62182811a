import type { Event } from '../../../src/client.ts'

type FetchPage = (
  options: { cursor: string | undefined; since: string | undefined; limit: number },
  signal: AbortSignal,
) => Promise<{ events: readonly Event[]; next: string }>

const limit = 100
const pauseMs = 3_000

/** As many as a person looks through. The feed has all. */
export const maxShown = 500

/**
 * Gives the events since a moment to `show`, and then each as it comes, until the signal aborts. Rejects
 * with the first failure, after which one may begin anew.
 */
export async function follow(
  fetchPage: FetchPage,
  since: string,
  show: (events: readonly Event[], isUpToDate: boolean) => void,
  signal: AbortSignal,
): Promise<void> {
  let cursor: string | undefined
  while (!signal.aborted) {
    const { events, next } = await fetchPage(
      cursor === undefined ? { cursor, since, limit } : { cursor, since: undefined, limit },
      signal,
    )
    cursor = next
    const isUpToDate = events.length < limit
    show(events, isUpToDate)
    if (isUpToDate && !signal.aborted) {
      await pause(signal)
    }
  }
}

function pause(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, pauseMs)
  signal.addEventListener('abort', () => {
    clearTimeout(timer)
    resolve()
  })
  return promise
}

/** The newest first, and no more than are looked through. */
export const withNewest = (before: readonly Event[], events: readonly Event[]): readonly Event[] =>
  [...events.toReversed(), ...before].slice(0, maxShown)
