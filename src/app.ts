import type { Config } from './config.ts'
import type { Database } from './db/connection.ts'
import { historyRoutes } from './events/history-routes.ts'
import { eventRoutes } from './events/routes.ts'
import { type HealthOptions, healthRoutes } from './health/routes.ts'
import { authenticate, demandGuards } from './http/auth.ts'
import { allowOrigins } from './http/cors.ts'
import { guardTransport } from './http/guard.ts'
import { logRequest } from './http/log.ts'
import { answerError } from './http/problems.ts'
import { limitCaller, type RateLimits } from './http/rate-limit-bindings.ts'
import { identifyRequest, type Release } from './http/request.ts'
import { createHono } from './http/router.ts'
import { createCursors } from './http/seal-cursors.ts'
import { setSecurityHeaders } from './http/security-headers.ts'
import { answerUnmatched } from './http/unmatched.ts'
import { type Assets, pageRoutes } from './pages/routes.ts'
import { resources } from './resources.ts'
import { userBulkRoutes } from './users/bulk-routes.ts'
import { deletedUserRoutes } from './users/deleted-routes.ts'
import { userRoutes } from './users/routes.ts'
import { userRows } from './users/rows.ts'
import * as userTables from './users/table.ts'
import { whoamiRoutes } from './whoami/routes.ts'

export type AppOptions = {
  config: Config
  db: Database
  release: Release
  /** All migrations that the code knows. */
  migrations: HealthOptions['migrations']
  assets: Assets
  limits: RateLimits
}

/** The tables of the service. Readiness checks them, and the hourly trigger purges them. */
export const tables = {
  ...userTables,
}

/** The rows whose deleted ones can be taken back for a time. */
export const keptRows = [userRows]

/**
 * The whole service: first what every request passes through, then who answers it. A route goes on
 * with the scope (`allow`), the rate of searches, and what it is given (`http/validate.ts`).
 */
export function createApp({ config, db, release, migrations, assets, limits }: AppOptions) {
  const app = createHono()
    .use(logRequest(release))
    .use(identifyRequest)
    .use(setSecurityHeaders)
    .use(allowOrigins(config.CORS_ORIGINS ?? []))
    .use(guardTransport(config))

  const guards = [authenticate(config, limits), limitCaller(limits.callers)]
  for (const name of ['whoami', ...Object.keys(resources)]) {
    app.use(`/${name}/*`, ...guards)
  }
  const shared = {
    db,
    limits,
    cursors: createCursors(config.DATABASE_URL),
    deletedDays: config.DELETED_USERS_KEPT_DAYS,
  }

  const service = app
    .onError(answerError)
    .notFound(answerUnmatched(app))
    .route('/users', userBulkRoutes(shared))
    .route('/users', deletedUserRoutes(shared))
    .route('/users', userRoutes(shared))
    .route('/users', historyRoutes(shared))
    .route('/events', eventRoutes(shared))
    .route('/', whoamiRoutes())
    .route('/', healthRoutes({ db, release, migrations, limits, tables }))
    .route('/', pageRoutes(assets))

  demandGuards(service.routes)
  return service
}
