import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const packageFile = createRequire(import.meta.url).resolve('wrangler/package.json')
const ownFolder = join(import.meta.dirname, '../../.wrangler')

/** The program, for the Node that runs this: found without PATH. */
export const wrangler = join(dirname(packageFile), 'bin', 'wrangler.js')

/**
 * For what needs no Cloudflare account: keeps wrangler out of the home folder, and from asking the
 * network for what nobody here needs.
 */
export const quietWrangler = {
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  WRANGLER_REGISTRY_PATH: join(ownFolder, 'registry'),
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_WRITE_LOGS: 'false',
  XDG_CONFIG_HOME: join(ownFolder, 'config'),
}
