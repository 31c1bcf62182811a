import { createApp } from '../../src/app.ts'
import { createDatabase } from '../../src/db/connection.ts'

/** Every route of the service, once, as `GET /users/:id`. */
export function servedRoutes(): string[] {
  const { routes } = createApp({
    config: { DATABASE_URL: '', AUTH: 'open', DELETED_USERS_KEPT_DAYS: 30, EVENTS_KEPT_DAYS: 365 },
    db: createDatabase({ url: 'postgresql://user@localhost/none' }),
    release: { version: '0', versionId: '0' },
    migrations: [{ tag: '0000_none', when: 0 }],
    assets: { fetch },
    limits: {},
  })
  const served = routes.filter(({ method }) => method !== 'ALL')
  return [...new Set(served.map(({ method, path }) => `${method} ${path}`))].sort()
}
