import type { Server } from './cancel-request.ts'
import type { Credentials } from './credentials.ts'
import { createFreeSessions } from './free-sessions.ts'
import { loginRefusal } from './login-refusal.ts'
import { createSession, type Session } from './session.ts'
import { createWaitingLine } from './waiting-line.ts'

const maxSessions = 20
/** Neon's proxy keeps them for five minutes; but DROP DATABASE fails while there is one. */
const maxIdleMs = 10_000

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
export function createSessionPool(
  server: Server,
  credentials: Credentials,
  loginEveryMs: number,
): SessionPool {
  const sessions = new Set<Session>()
  const free = createFreeSessions()
  const line = createWaitingLine<Session>()
  let provenAt = -Infinity

  async function login(): Promise<Session> {
    const session = createSession(server, credentials, forget)
    sessions.add(session)
    // Already now: the requests beside this one need not all log in anew.
    provenAt = performance.now()
    try {
      await session.login()
      return session
    } catch (error) {
      provenAt = -Infinity
      throw await loginRefusal(error, credentials.user, server.hasExpired)
    }
  }

  function forget(session: Session): void {
    sessions.delete(session)
    free.take(session)
    if (sessions.size < maxSessions) {
      line.serve(login)
    }
  }

  /**
   * An open session proves nothing once the password is changed or the role dropped. So from time to
   * time one request logs in anew, in place of the session that it would have had.
   */
  function replace(session: Session): Promise<Session> {
    session.close()
    return login()
  }

  const isProofDue = () => performance.now() - provenAt > loginEveryMs

  function closeIdle(olderThanMs: number): void {
    for (;;) {
      const session = free.takeFirst(olderThanMs)
      if (!session) {
        return
      }
      session.close()
    }
  }

  return {
    async acquire(signal) {
      const session = line.isEmpty() ? await free.takeLast() : undefined
      if (session) {
        return isProofDue() ? replace(session) : session
      }
      // Nobody needs a new one for a client that is gone; after close(), every client is.
      signal.throwIfAborted()
      return line.isEmpty() && sessions.size < maxSessions ? login() : line.join(signal)
    },
    async release(session) {
      const isFree = await free.add(session)
      if (isFree && !line.isEmpty() && free.take(session)) {
        line.serve(() => (isProofDue() ? replace(session) : session))
      }
    },
    sweep: () => closeIdle(maxIdleMs),
    close() {
      closeIdle(0)
      for (const session of sessions) {
        void session.abandon()
      }
    },
    isEmpty: () => sessions.size === 0,
  }
}
