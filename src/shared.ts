import type { Database } from './db/connection.ts'
import type { RateLimits } from './http/rate-limit-bindings.ts'
import type { Cursors } from './http/seal-cursors.ts'

/** What the app gives the routes of every resource. */
export type Shared = {
  db: Database
  limits: RateLimits
  cursors: Cursors
  /** How long what was deleted can be taken back, in days; 0 when it is removed for good at once. */
  deletedDays: number
}
