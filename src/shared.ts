import type { Database } from './db/connection.ts'
import type { Cursors } from './http/cursors.ts'
import type { RateLimits } from './http/rate-limit.ts'

/** What the app gives the routes of every resource. */
export type Shared = { db: Database; limits: RateLimits; cursors: Cursors }
