import { stat } from 'node:fs/promises'
import { extname } from 'node:path'
import {
  AnswerError,
  type ClientOptions,
  ConnectionError,
  createClient,
  type MediaType,
  ProblemError,
} from '../../src/client.ts'
import type { Scope } from '../../src/resources.ts'
import { CommandError, exitCodes } from '../command/command.ts'
import { isKey, keyPrefix } from '../keys/key.ts'
import type { Format } from './import/source.ts'

export const mediaTypes: Readonly<Record<Format, MediaType>> = {
  csv: 'text/csv',
  ndjson: 'application/x-ndjson',
}

const extensions = new Map<string, Format>([
  ['.csv', 'csv'],
  ['.ndjson', 'ndjson'],
  ['.jsonl', 'ndjson'],
])

export const defaultUrl = 'http://localhost:8787'

/** As `--format` says, else as the name of the file ends. Throws TypeError. */
export function readFormat(file: string, given: string | undefined): Format {
  if (given === 'csv' || given === 'ndjson') {
    return given
  }
  if (given !== undefined) {
    throw new TypeError('--format must be csv or ndjson.')
  }
  const format = extensions.get(extname(file).toLowerCase())
  if (!format) {
    throw new TypeError(
      `The name ${file} does not say what is in the file: let it end in .csv, .ndjson or .jsonl, ` +
        'or add --format csv or --format ndjson.',
    )
  }
  return format
}

/** The one argument without a name. Throws TypeError. */
export function readFile([file, ...more]: readonly string[]): string {
  if (file === undefined || more.length > 0) {
    throw new TypeError('Name one file.')
  }
  return file
}

/** Throws TypeError. */
export function readUrl(text: string): string {
  const url = URL.parse(text)
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new TypeError('--url must be the address of the service, such as http://localhost:8787.')
  }
  return url.href.replace(/\/*$/, '/')
}

export type Client = ReturnType<typeof createClient>

/** A request may wait so long for its turn. What fails is given up sooner, by the number of tries. */
const patienceMs = 1_800_000

/** On a progress line, while the service has no place for an import or an export. */
export const waiting = ' | waiting: the service is busy'

/** What a command calls, and what the service says to a GET of `path` by whoever may call it. */
type Calls = { scope: Scope; path: string; statuses: readonly number[] }

export const transfers: Calls = {
  scope: 'users:export',
  path: 'users/import',
  statuses: [405, 429, 503],
}

export const audits: Calls = {
  scope: 'users:audit',
  path: 'events?limit=0',
  statuses: [422, 429, 503],
}

/**
 * A client with the patience of a long transfer, once the service has answered, and has accepted the
 * key in EDGE_USERS_KEY. Throws CommandError.
 */
export async function connect(
  url: string,
  { scope, path, statuses }: Calls,
  options: Pick<ClientOptions, 'onBusy' | 'retries'> = {},
): Promise<Client> {
  const { EDGE_USERS_KEY: key } = process.env
  const headers = key === undefined ? {} : { Authorization: `Bearer ${readKey(key)}` }
  const signal = AbortSignal.timeout(10_000)
  // It is asked for what it refuses, so that the database has no work.
  const answer = await fetch(new URL(path, url), { headers, signal }).catch(() => undefined)
  const status = answer?.status ?? 0
  if (status === 401) {
    throw new CommandError(
      'The service wants an API key or an access token that is good: put it into EDGE_USERS_KEY.',
    )
  }
  if (status === 403) {
    throw new CommandError(`The key in EDGE_USERS_KEY must have the scope ${scope}.`)
  }
  if (!statuses.includes(status)) {
    throw new CommandError(
      `No users service answers at ${url}. Start it (npm run dev), or say where it is with --url.`,
    )
  }
  return createClient(url, { headers, timeoutMs: patienceMs, retries: 12, ...options })
}

/** An API key or an access token. Throws CommandError for what no header can hold. */
function readKey(text: string): string {
  if (!/^[\x21-\x7e]+$/.test(text) || (text.startsWith(keyPrefix) && !isKey(text))) {
    throw new CommandError(
      'EDGE_USERS_KEY is no whole key: it was cut off or mistyped.',
      exitCodes.configuration,
    )
  }
  return text
}

/** A failure of the client or of a file as the sentence of a command; any other as it is. */
export function explain(error: unknown): unknown {
  if (error instanceof Error && 'syscall' in error) {
    return new CommandError(`${error.message}.`)
  }
  const isOfClient =
    error instanceof ProblemError ||
    error instanceof AnswerError ||
    error instanceof ConnectionError
  return isOfClient ? new CommandError(error.message) : error
}

/** In bytes. Throws CommandError when there is nothing to read. */
export async function sizeOfFile(file: string): Promise<number> {
  const stats = await stat(file).catch(() => undefined)
  if (!stats?.isFile()) {
    throw new CommandError(`There is no file ${file}.`)
  }
  if (stats.size === 0) {
    throw new CommandError(`The file ${file} is empty.`)
  }
  return stats.size
}

export const rate = (rows: number, startedAt: number): string => {
  const seconds = (performance.now() - startedAt) / 1_000
  return `${seconds.toFixed(1)} s (${Math.round(rows / seconds)} rows a second)`
}

export function stopAtCtrlC(): AbortSignal {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => stop.abort())
  }
  return stop.signal
}
