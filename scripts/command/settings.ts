import { existsSync } from 'node:fs'
import { join } from 'node:path'
import {
  isPostgresUrl,
  isLoopback as leadsHere,
  readConfig,
  readDatabaseConfig,
} from '../../src/config.ts'
import { CommandError, exitCodes } from './command.ts'

export const defaultDataDir = '.data'

/** Tells the other commands what a running `npm run dev` serves. */
export const runningFile = (dataDir: string) => join(dataDir, 'dev.env')

export type Settings = {
  /** The Worker's connection. */
  DATABASE_URL: string
  NEON_ENDPOINT?: string | undefined
}

/** Reads `.dev.vars`; the environment takes precedence. */
function loadDevVars(): void {
  if (existsSync('.dev.vars')) {
    process.loadEnvFile('.dev.vars')
  }
}

/** The same, and if neither names a database, the one that a running `npm run dev` serves. */
export function loadSettings(): void {
  loadDevVars()
  const { DATABASE_URL, DATABASE_URL_DIRECT } = process.env
  const running = runningFile(defaultDataDir)
  if (DATABASE_URL === undefined && DATABASE_URL_DIRECT === undefined && existsSync(running)) {
    process.loadEnvFile(running)
  }
}

/** The settings of the environment and `.dev.vars`. Undefined when they name no database. */
export function configuredSettings(): Settings | undefined {
  loadDevVars()
  return process.env['DATABASE_URL'] === undefined ? undefined : readDatabaseConfig(process.env)
}

/** Of CORS_ORIGINS. Throws ConfigError. */
export function allowedOrigins(): readonly string[] {
  const { CORS_ORIGINS } = process.env
  const others = {
    DATABASE_URL: 'postgresql://user@localhost/database',
    AUTH: 'open',
    DEV_SECRET: '',
  }
  return readConfig({ ...others, CORS_ORIGINS }).CORS_ORIGINS ?? []
}

/** The settings of a command that works like the Worker. Throws ConfigError or CommandError. */
export function settings(): Settings {
  loadSettings()
  if (process.env['DATABASE_URL'] === undefined) {
    throw noDatabase('DATABASE_URL')
  }
  return readDatabaseConfig(process.env)
}

/** The owner's connection for migrations, which must not go through a pooler. Throws CommandError. */
export function directUrl(): string {
  loadSettings()
  const name =
    process.env['DATABASE_URL_DIRECT'] === undefined ? 'DATABASE_URL' : 'DATABASE_URL_DIRECT'
  const url = process.env[name]
  if (url === undefined) {
    throw noDatabase(name)
  }
  if (!isPostgresUrl(url)) {
    throw new CommandError(
      `${name} is not a PostgreSQL connection string. It must read ` +
        'postgresql://USER:PASSWORD@HOST/DATABASE, with special characters percent-encoded.',
      exitCodes.configuration,
    )
  }
  return url
}

const noDatabase = (name: string) =>
  new CommandError(
    'There is no database to work on: start `npm run dev` in another terminal, or set ' +
      `${name} in .dev.vars (see .dev.vars.example).`,
    exitCodes.configuration,
  )

/** Whether a connection string or an address leads to this machine. */
export const isLoopback = (url: string): boolean => leadsHere(new URL(url))
