import type { Server } from './cancel-request.ts'
import type { Credentials } from './credentials.ts'
import { createFreeSessions } from './free-sessions.ts'
import { loginRefusal } from './problem-bodies.ts'
import { createSession, type Session } from './session.ts'

const maxSessions = 20
/** Neon's proxy keeps them for five minutes; but DROP DATABASE fails while there is one. */
const maxIdleMs = 10_000
const maxProofAgeMs = 1_000

type Waiter = { resolve(session: Session): void; reject(error: unknown): void }

export type SessionPool = {
  /** Rejects with a Refusal, or when the client is gone. */
  acquire(signal: AbortSignal): Promise<Session>
  /** Takes back a session that is still good, and cleans it: the answer need not wait for that. */
  release(session: Session): Promise<void>
  /** Closes what was idle for too long. */
  sweep(): void
  close(): void
  isEmpty(): boolean
}

/** The sessions of one user, password and database: nobody is ever given those of another. */
export function createSessionPool(server: Server, credentials: Credentials): SessionPool {
  const sessions = new Set<Session>()
  const free = createFreeSessions()
  const waiting = new Set<Waiter>()
  let provenAt = -Infinity

  async function login(): Promise<Session> {
    const session = createSession(server, credentials, forget)
    sessions.add(session)
    try {
      await session.login()
      provenAt = performance.now()
      return session
    } catch (error) {
      provenAt = -Infinity
      throw loginRefusal(error, credentials.user)
    }
  }

  function forget(session: Session): void {
    sessions.delete(session)
    free.take(session)
    const waiter = nextWaiter()
    if (waiter) {
      void login().then(waiter.resolve, waiter.reject)
    }
  }

  function nextWaiter(): Waiter | undefined {
    const [waiter] = waiting
    if (waiter) {
      waiting.delete(waiter)
    }
    return waiter
  }

  function wait(signal: AbortSignal): Promise<Session> {
    const { promise, resolve, reject } = Promise.withResolvers<Session>()
    const waiter = { resolve, reject }
    waiting.add(waiter)
    const leave = () => waiting.delete(waiter) && reject(signal.reason)
    signal.addEventListener('abort', leave, { once: true })
    return promise
  }

  /**
   * An open session proves nothing once the password is changed or the role dropped. So one request
   * a second logs in anew, in place of the session that it would have had.
   */
  function isProofDue(): boolean {
    const now = performance.now()
    const isDue = now - provenAt > maxProofAgeMs
    if (isDue) {
      // Now, and not when it is done: the requests beside it need not all log in.
      provenAt = now
    }
    return isDue
  }

  return {
    async acquire(signal) {
      if (waiting.size > 0) {
        return wait(signal)
      }
      const session = await free.takeLast()
      if (session && isProofDue()) {
        session.close()
        return login()
      }
      return session ?? (sessions.size < maxSessions ? login() : wait(signal))
    },
    async release(session) {
      const isFree = await free.add(session)
      if (isFree && waiting.size > 0 && free.take(session)) {
        if (isProofDue()) {
          session.close()
        } else {
          nextWaiter()?.resolve(session)
        }
      }
    },
    sweep() {
      for (let session = free.takeFirst(maxIdleMs); session; ) {
        session.close()
        session = free.takeFirst(maxIdleMs)
      }
    },
    close() {
      for (let session = free.takeFirst(0); session; ) {
        session.close()
        session = free.takeFirst(0)
      }
      for (const session of sessions) {
        void session.abandon()
      }
    },
    isEmpty: () => sessions.size === 0,
  }
}
