import { Hono } from 'hono'
import type { Database } from '../db/client.ts'
import { createDatabaseCheck } from './check.ts'

export const healthRoutes = (db: Database, version: string) => {
  const checkDatabase = createDatabaseCheck(db)

  return new Hono()
    .get('/livez', (c) => c.json({ status: 'ok', version }))
    .get('/readyz', async (c) => {
      await checkDatabase()
      return c.json({ status: 'ok', version })
    })
}
