import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readConfig } from '../src/config.ts'
import { CommandError } from './command.ts'

export const defaultDataDir = '.data'

/** What a running `npm run dev` serves, for the other commands and for `wrangler dev`. */
export const runningFile = (dataDir: string) => join(dataDir, 'dev.env')

export type Settings = { DATABASE_URL: string; NEON_ENDPOINT?: string | undefined }

/** The environment, and below it `.dev.vars`. Undefined when neither names a database. */
export function configuredSettings(): Settings | undefined {
  if (existsSync('.dev.vars')) {
    process.loadEnvFile('.dev.vars')
  }
  return process.env['DATABASE_URL'] === undefined ? undefined : readConfig(process.env)
}

/**
 * The database that a command works on: the configured one, else that of a running `npm run dev`.
 * Throws ConfigError or CommandError, which say what to do.
 */
export function settings(): Settings {
  const configured = configuredSettings()
  if (configured) {
    return configured
  }
  const running = runningFile(defaultDataDir)
  if (!existsSync(running)) {
    throw new CommandError(
      'There is no database to work on: start `npm run dev` in another terminal, or set ' +
        'DATABASE_URL in .dev.vars (see .dev.vars.example).',
    )
  }
  process.loadEnvFile(running)
  return readConfig(process.env)
}

/** Whether a connection string or an address leads to this machine. */
export const isLoopback = (url: string): boolean =>
  ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname)

/** Migrations need a connection of the owner that no pooler shares. */
export const directUrl = (): string => {
  const { DATABASE_URL } = settings()
  return process.env['DATABASE_URL_DIRECT'] ?? DATABASE_URL
}
