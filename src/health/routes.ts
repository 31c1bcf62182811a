import { Hono } from 'hono'
import type { Database } from '../db/client.ts'
import { allow } from '../http/auth.ts'
import { limitAddress, type RateLimits } from '../http/rate-limit.ts'
import type { HttpEnv } from '../http/request.ts'
import { createDatabaseCheck } from './check.ts'

export const healthRoutes = (db: Database, version: string, limits: RateLimits) => {
  const checkDatabase = createDatabaseCheck(db, warn)

  return new Hono<HttpEnv>()
    .get('/livez', allow('public'), (c) => c.json({ status: 'ok', version }))
    .get('/readyz', allow('public'), limitAddress(limits.addresses), async (c) => {
      await checkDatabase()
      return c.json({ status: 'ok', version })
    })
}

/** For the log alone: what the Worker's role may do is nobody else's business. */
const warn = (warning: string) => console.log(JSON.stringify({ warning }))
