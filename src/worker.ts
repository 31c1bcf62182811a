import { env } from 'cloudflare:workers'
import { version } from '../package.json'
import { createApp } from './app.ts'
import { readConfig } from './config.ts'
import { createDatabase } from './db/client.ts'

const config = readConfig(env)
const db = createDatabase({ url: config.DATABASE_URL, endpoint: config.NEON_ENDPOINT })

// biome-ignore lint/style/noDefaultExport: the Workers runtime calls the default export.
export default createApp({ db, cursorSecret: config.DATABASE_URL, version })
