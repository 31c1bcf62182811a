import { env } from 'cloudflare:workers'
import { entries as migrations } from '../drizzle/meta/_journal.json'
import { version } from '../package.json'
import { createApp, keptRows, tables } from './app.ts'
import { readConfig } from './config.ts'
import { createDatabase } from './db/connection.ts'
import { logAbsent } from './http/rate-limit-bindings.ts'
import { purge } from './rows/purge.ts'

const config = readConfig(env)
const db = createDatabase({ url: config.DATABASE_URL, endpoint: config.NEON_ENDPOINT })

const limits = {
  callers: env.RATE_LIMIT_CALLERS,
  bulk: env.RATE_LIMIT_BULK,
  searches: env.RATE_LIMIT_SEARCHES,
  addresses: env.RATE_LIMIT_ADDRESSES,
}

if (config.AUTH === 'keys') {
  logAbsent(limits)
}

const app = createApp({
  config,
  db,
  release: { version, versionId: env.CF_VERSION_METADATA.id },
  migrations,
  assets: env.ASSETS,
  // An open service serves this machine alone, and all its callers count as one.
  limits: config.AUTH === 'open' ? {} : limits,
})

// biome-ignore lint/style/noDefaultExport: the Workers runtime calls the default export.
export default {
  fetch: app.fetch,
  scheduled: () => {
    const { DELETED_USERS_KEPT_DAYS: deleted, EVENTS_KEPT_DAYS: events } = config
    return purge(db, { tables: Object.values(tables), keptRows }, { deleted, events })
  },
} satisfies ExportedHandler
