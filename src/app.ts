import type { Config } from './config.ts'
import type { Database } from './db/client.ts'
import { type HealthOptions, healthRoutes } from './health/routes.ts'
import { authenticate, demandGuards } from './http/auth.ts'
import { allowOrigins } from './http/cors.ts'
import { createCursors } from './http/cursors.ts'
import { guardTransport } from './http/guard.ts'
import { logRequest } from './http/log.ts'
import { answerError } from './http/problems.ts'
import { limitCaller, type RateLimits } from './http/rate-limit.ts'
import { identifyRequest, type Release } from './http/request.ts'
import { createHono } from './http/router.ts'
import { setSecurityHeaders } from './http/security-headers.ts'
import { answerUnmatched } from './http/unmatched.ts'
import { type Assets, pageRoutes } from './pages/routes.ts'
import { bulkRoutes } from './users/bulk-routes.ts'
import { userRoutes } from './users/routes.ts'

export type AppOptions = {
  config: Config
  db: Database
  release: Release
  /** All that the code knows. */
  migrations: HealthOptions['migrations']
  assets: Assets
  limits: RateLimits
}

/** The whole service: what every request passes, then who answers it. */
export function createApp({ config, db, release, migrations, assets, limits }: AppOptions) {
  const app = createHono()

  const service = app
    .use(logRequest(release))
    .use(identifyRequest)
    .use(setSecurityHeaders)
    .use(allowOrigins(config.CORS_ORIGINS ?? []))
    .use(guardTransport(config))
    .use('/users/*', authenticate(config, limits))
    .use('/users/*', limitCaller(limits.callers))
    .onError(answerError)
    .notFound(answerUnmatched(app))
    .route('/users', bulkRoutes(db, limits))
    .route('/users', userRoutes(db, createCursors(config.DATABASE_URL), limits))
    .route('/', healthRoutes({ db, release, migrations, limits }))
    .route('/', pageRoutes(assets))

  demandGuards(service.routes)
  return service
}
