import { createApp } from './app.ts'
import { createDatabase } from './db/connection.ts'

/** The routes of the service, from an app that answers nobody: the contract is made of what they demand. */
export const { routes } = createApp({
  config: { DATABASE_URL: '', AUTH: 'open', DELETED_USERS_KEPT_DAYS: 30, EVENTS_KEPT_DAYS: 365 },
  db: createDatabase({ url: 'postgresql://user@localhost/none' }),
  release: { version: '0', versionId: '0' },
  migrations: [{ tag: '0000_none', when: 0 }],
  assets: { fetch },
  limits: {},
})
