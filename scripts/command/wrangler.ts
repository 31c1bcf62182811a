import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const packageFile = createRequire(import.meta.url).resolve('wrangler/package.json')
const ownFolder = join(import.meta.dirname, '../../.wrangler')

/** The program, to be run with the Node that runs this. It is found without PATH. */
export const wrangler = join(dirname(packageFile), 'bin', 'wrangler.js')

/**
 * For commands that need no Cloudflare account: keeps wrangler out of the home folder, and away from the
 * network.
 */
export const quietWrangler = {
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  WRANGLER_REGISTRY_PATH: join(ownFolder, 'registry'),
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_WRITE_LOGS: 'false',
  XDG_CONFIG_HOME: join(ownFolder, 'config'),
}
