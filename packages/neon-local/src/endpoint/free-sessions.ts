import type { Session } from './session.ts'
import { resetSession } from './session-reset.ts'
import { within } from './within.ts'

/** A reset takes a fraction of a millisecond: one that takes this long is not waited for. */
const patienceMs = 100

type FreeSession = { session: Session; since: number; isClean: boolean; reset: Promise<boolean> }

export type FreeSessions = {
  /** Cleans a session. Answers whether it is good and nobody took it meanwhile. */
  add(session: Session): Promise<boolean>
  /**
   * The session that became free last, once it is clean: so a client that sends one request after
   * the other never meets what is left of the one before, such as a lock still to be released.
   */
  takeLast(): Promise<Session | undefined>
  take(session: Session): boolean
  /** The session that has been free for longest, if that is longer than so many milliseconds. */
  takeFirst(olderThanMs: number): Session | undefined
}

/** The sessions of a pool between two requests. */
export function createFreeSessions(): FreeSessions {
  const free: FreeSession[] = []

  function remove(entry: FreeSession | undefined): boolean {
    const index = entry ? free.indexOf(entry) : -1
    return index !== -1 && free.splice(index, 1).length === 1
  }

  return {
    async add(session) {
      const reset = resetSession(session)
      const entry = { session, since: performance.now(), isClean: false, reset }
      free.push(entry)
      entry.isClean = await reset
      if (!entry.isClean) {
        remove(entry)
        await session.abandon()
      }
      return entry.isClean && free.includes(entry)
    },
    async takeLast() {
      for (;;) {
        const oldest = performance.now() - patienceMs
        const entry = free.findLast(({ isClean, since }) => isClean || since > oldest)
        if (!entry || !remove(entry)) {
          return undefined
        }
        if (entry.isClean || (await within(entry.reset, patienceMs))) {
          return entry.session
        }
        if (entry.session.isOpen()) {
          free.unshift(entry)
        }
      }
    },
    take: (session) => remove(free.find((entry) => entry.session === session)),
    takeFirst(olderThanMs) {
      const newest = performance.now() - olderThanMs
      const entry = free.find(({ isClean, since }) => isClean && since <= newest)
      return remove(entry) ? entry?.session : undefined
    },
  }
}
