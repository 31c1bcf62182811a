import { setTimeout as sleep } from 'node:timers/promises'
import type { Server } from './cancel-request.ts'
import type { Credentials } from './credentials.ts'
import { createSessionPool, type SessionPool } from './session-pool.ts'

const sweepEveryMs = 1_000
const closeTimeoutMs = 500
const defaultLoginEveryMs = 1_000

export type Sessions = {
  poolOf(credentials: Credentials): SessionPool
  close(): Promise<void>
}

/** All sessions, by the exact credentials that opened them. */
export function createSessions(server: Server, loginEveryMs = defaultLoginEveryMs): Sessions {
  const pools = new Map<string, SessionPool>()

  function sweep(): void {
    for (const [key, pool] of pools) {
      pool.sweep()
      if (pool.isEmpty()) {
        pools.delete(key)
      }
    }
  }
  const sweeper = setInterval(sweep, sweepEveryMs).unref()

  return {
    poolOf(credentials) {
      // No part can hold a NUL, so two different credentials never give one key.
      const key = `${credentials.user}\0${credentials.database}\0${credentials.password}`
      const known = pools.get(key)
      if (known) {
        return known
      }
      const pool = createSessionPool(server, credentials, loginEveryMs)
      pools.set(key, pool)
      return pool
    },
    async close() {
      clearInterval(sweeper)
      for (const pool of pools.values()) {
        pool.close()
      }
      // Not for ever, whatever state the server is in.
      const deadline = performance.now() + closeTimeoutMs
      while (pools.size > 0 && performance.now() < deadline) {
        await sleep(5)
        sweep()
      }
    },
  }
}
