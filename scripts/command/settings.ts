import { join } from 'node:path'
import {
  ConfigError,
  isLoopback as leadsHere,
  readConfig,
  readDatabaseConfig,
} from '../../src/config.ts'
import { faultOfUrl, urlNames } from '../postgres/connection-string.ts'
import { CommandError, exitCodes } from './command.ts'
import { isMisleading } from './environment.ts'
import { readVariables } from './variables-file.ts'

/** The settings of a person on this machine. */
export const devVars = '.dev.vars'

export const defaultDataDir = '.data'

/** Tells the other commands what a running `npm run dev` serves. */
export const runningFile = (dataDir: string) => join(dataDir, 'dev.env')

export type Settings = {
  /** The Worker's connection. */
  DATABASE_URL: string
  NEON_ENDPOINT?: string | undefined
}

/** Puts what stands in a file into the environment, which takes precedence. Throws CommandError. */
function load(file: string): void {
  for (const [name, value] of Object.entries(readVariables(file) ?? {})) {
    if (!isMisleading(name)) {
      process.env[name] ??= value
    }
  }
}

/** The same, and if neither names a database, the one that a running `npm run dev` serves. */
export function loadSettings(): void {
  load(devVars)
  if (urlNames.every((name) => process.env[name] === undefined)) {
    load(runningFile(defaultDataDir))
  }
}

/** The settings of the environment and `.dev.vars`. Undefined when they name no database. */
export function configuredSettings(): Settings | undefined {
  load(devVars)
  return process.env['DATABASE_URL'] === undefined ? undefined : readSettings()
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
  return readSettings()
}

function readSettings(): Settings {
  const problem = faultOfUrl('DATABASE_URL', process.env['DATABASE_URL'] ?? '')
  if (problem !== undefined) {
    throw new ConfigError(problem)
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
  const problem = faultOfUrl(name, url)
  if (problem !== undefined) {
    throw new CommandError(problem, exitCodes.configuration)
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
