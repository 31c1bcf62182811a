import { existsSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'

/** What tells that somebody may have deployed this checkout. None: it has been nowhere. */
export function signsOfDeploy(): string[] {
  const hosts = [...readFileSync('wrangler.toml', 'utf8').matchAll(/pattern = "([^"]+)"/g)]
    .map(([, host = '']) => host)
    .filter((host) => !host.endsWith('.example.com'))
  const devVars = existsSync('.dev.vars') ? parseEnv(readFileSync('.dev.vars', 'utf8')) : {}
  const urls = ['DATABASE_URL', 'DATABASE_URL_DIRECT'].filter(
    (name) => devVars[name] || process.env[name],
  )
  return [
    ...hosts.map((host) => `wrangler.toml has the host name ${host}`),
    ...urls.map((name) => `${name} is set`),
  ]
}
