import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { readOrigins } from '../endpoint/web-pages.ts'
import { helpText, usageText } from './help.ts'

/** How the command is called here, and what holds when an option is left out. */
export type Mode = {
  name: string
  dataDir?: string
  /** Where in the folder that is named the data go; right there by default. */
  folderIn?: (dataDir: string) => string
  database: string
  /** Prints the variables alone. */
  quiet: boolean
}

export const standalone: Mode = { name: 'neon-local', database: 'neondb', quiet: false }

export type Options = {
  port: number | undefined
  postgresPort: number | undefined
  dataDir: string | undefined
  database: string
  postgresUrl: string | undefined
  superuser: boolean
  cors: string[] | undefined
  logSql: boolean
  faults: boolean
  quiet: boolean
  /** What to run while it serves, with its arguments. */
  program: readonly [string, ...string[]] | undefined
}

/** The options are wrong. The message says how to use them. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/** Of a PostgreSQL that the command starts, and of no other. */
const ofOwnPostgres = ['data-dir', 'data', 'database', 'postgres-port', 'superuser'] as const

/** As `parseArgs` takes them. */
export const optionKinds = {
  port: { type: 'string' },
  'postgres-port': { type: 'string' },
  'data-dir': { type: 'string' },
  data: { type: 'string' },
  database: { type: 'string' },
  'postgres-url': { type: 'string' },
  superuser: { type: 'boolean', default: false },
  cors: { type: 'string', multiple: true },
  'log-sql': { type: 'boolean', default: false },
  faults: { type: 'boolean', default: false },
  quiet: { type: 'boolean', short: 'q' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const

/** A text is to be printed instead. Throws UsageError. */
export function readOptions(args: readonly string[], mode: Mode): Options | { text: string } {
  try {
    return read(args, mode)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UsageError(`${reason}\n${usageText(mode.name)}`)
  }
}

function read(args: readonly string[], mode: Mode): Options | { text: string } {
  const end = args.indexOf('--')
  const { values } = parseArgs({
    args: end < 0 ? [...args] : args.slice(0, end),
    options: optionKinds,
  })
  if (values.help) {
    return { text: helpText(mode) }
  }
  if (values.version) {
    return { text: ownVersion() }
  }
  const foreign = ofOwnPostgres.find((name) => values[name])
  if (values['postgres-url'] !== undefined && foreign !== undefined) {
    throw new TypeError(`--${foreign} is for the PostgreSQL that this command starts itself.`)
  }
  readOrigins(values.cors)
  const dataDir = values['data-dir'] ?? values.data ?? mode.dataDir
  return {
    port: readPort('--port', values.port),
    postgresPort: readPort('--postgres-port', values['postgres-port']),
    dataDir: dataDir === undefined ? undefined : (mode.folderIn?.(dataDir) ?? dataDir),
    database: readDatabase(values.database ?? mode.database),
    postgresUrl: values['postgres-url'],
    superuser: values.superuser,
    cors: values.cors,
    logSql: values['log-sql'],
    faults: values.faults,
    quiet: values.quiet ?? mode.quiet,
    program: end < 0 ? undefined : readProgram(args.slice(end + 1)),
  }
}

function readPort(option: string, value: string | undefined): number | undefined {
  if (value === undefined) {
    return undefined
  }
  const port = Number(value)
  if (!/^\d+$/.test(value) || port > 65_535) {
    throw new TypeError(`${option} must be a number from 1 to 65535, or 0 for any that is free.`)
  }
  return port
}

function readDatabase(name: string): string {
  const bytes = Buffer.byteLength(name)
  if (bytes < 1 || bytes > 63) {
    throw new TypeError('--database must be a name of 1 to 63 bytes.')
  }
  return name
}

function readProgram([program, ...args]: readonly string[]): Options['program'] {
  if (program === undefined) {
    throw new TypeError('Behind -- stands what to run, such as: -- npm test')
  }
  return [program, ...args]
}

function ownVersion(): string {
  const { version } = Object(
    JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')),
  )
  return String(version)
}
