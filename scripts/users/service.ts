import {
  AnswerError,
  type ClientOptions,
  ConnectionError,
  createClient,
  ProblemError,
} from '../../src/client.ts'
import type { Scope } from '../../src/resources.ts'
import { CommandError, exitCodes } from '../command/command.ts'
import { isKey, keyPrefix } from '../keys/key.ts'

export const defaultUrl = 'http://localhost:8787'

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

/** What a command calls, and what the service says to a GET of `path` by whoever may call it. */
export type Calls = { scope: Scope; path: string; statuses: readonly number[] }

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
  options: Omit<ClientOptions, 'headers' | 'timeoutMs'> = {},
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

export function stopAtCtrlC(): AbortSignal {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => stop.abort())
  }
  return stop.signal
}
