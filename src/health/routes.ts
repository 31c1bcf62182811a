import type { Database } from '../db/connection.ts'
import { allow } from '../http/auth.ts'
import { limitAddress, type RateLimits } from '../http/rate-limit-bindings.ts'
import type { Release } from '../http/request.ts'
import { createRoutes } from '../http/router.ts'
import { createDatabaseCheck, type Migration, type Table } from './check.ts'

export type HealthOptions = {
  db: Database
  release: Release
  /** All migrations that the code knows. */
  migrations: readonly Migration[]
  limits: RateLimits
  tables: Readonly<Record<string, Table>>
}

export const healthRoutes = ({ db, release, migrations, limits, tables }: HealthOptions) => {
  const checkDatabase = createDatabaseCheck(db, migrations, Object.values(tables), warn)
  const health = { status: 'ok', ...release } as const

  return createRoutes()
    .get('/livez', allow('public'), (c) => c.json(health))
    .get('/readyz', allow('public'), limitAddress(limits.addresses), async (c) => {
      await checkDatabase()
      return c.json(health)
    })
}

/** For the log alone: callers must not learn what the Worker's role may do. */
const warn = (warning: string) => console.log(JSON.stringify({ warning }))
