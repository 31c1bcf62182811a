import type { Database } from './db/connection.ts'
import type { RateLimits } from './http/rate-limit-bindings.ts'
import type { Cursors } from './http/seal-cursors.ts'

/** What the app gives the routes of every resource. */
export type Shared = { db: Database; limits: RateLimits; cursors: Cursors }
