import { readFileSync } from 'node:fs'
import { devVars } from '../command/settings.ts'
import { readVariables } from '../command/variables-file.ts'
import { urlNames } from '../postgres/connection-string.ts'

/** What tells that somebody may have deployed this checkout. None: it has been nowhere. */
export function signsOfDeploy(): string[] {
  const hosts = [...readFileSync('wrangler.toml', 'utf8').matchAll(/pattern = "([^"]+)"/g)]
    .map(([, host = '']) => host)
    .filter((host) => !host.endsWith('.example.com'))
  const variables = readVariables(devVars) ?? {}
  const urls = urlNames.filter((name) => variables[name] || process.env[name])
  return [
    ...hosts.map((host) => `wrangler.toml has the host name ${host}`),
    ...urls.map((name) => `${name} is set`),
  ]
}
