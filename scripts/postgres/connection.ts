import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { CommandError, exitCodes } from '../command/command.ts'
import { explainConnectionError } from './connection-error.ts'
import { systemAuthorities } from './connection-parameters.ts'
import { isLackingRight, ownersMend } from './lacking-right.ts'
import { isConnectionLost, isTransient } from './transient.ts'

export type Timeouts = {
  /** How long a statement waits for a lock, and so at most holds up the requests behind it. */
  lockMs: number
  /** How long a statement may run. 0 is for ever. */
  statementMs: number
}

const connectionTimeoutMs = 10_000

/** A suspended database wakes, a restarted one comes back. */
const waitsMs = [500, 1_500]

/** Whether a host is one of Neon's that share sessions between clients. */
export const isPooled = (hostname: string): boolean => /^[^.]+-pooler\./.test(hostname)

/** Throws CommandError. */
export function refusePooled(url: string): void {
  const { hostname } = new URL(url)
  if (isPooled(hostname)) {
    throw new CommandError(
      `${hostname} is Neon's pooled host, on which no lock and no timeout of a migration holds. ` +
        'Set DATABASE_URL_DIRECT to the same address without -pooler.',
      exitCodes.configuration,
    )
  }
}

/**
 * One session of its own. Throws CommandError, which holds no password.
 *
 * Neon's pooled host shares sessions between clients: neither the lock of a deploy nor the timeouts of
 * a file without a transaction would hold there.
 */
export async function connect(url: string): Promise<pg.Client> {
  refusePooled(url)
  for (const waitMs of waitsMs) {
    try {
      return await openSession(url)
    } catch (error) {
      if (!isTransient(error)) {
        throw explainConnectionError(error, url)
      }
      await sleep(waitMs)
    }
  }
  return openSession(url).catch((error: unknown) => {
    throw explainConnectionError(error, url)
  })
}

/** The session of a command has ended before it did: nothing of its transaction was kept. */
export class SessionLost extends CommandError {
  constructor(url: string, cause: unknown) {
    const { hostname, port } = new URL(url)
    const reason = cause instanceof Error ? cause.message : String(cause)
    super(`The connection to PostgreSQL at ${hostname}:${port || '5432'} broke: ${reason}.`)
  }
}

/** Works in one session of its own, and ends it. Throws CommandError, SessionLost for one. */
export async function inSession<T>(
  url: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = await connect(url)
  try {
    return await work(client)
  } catch (error) {
    if (error instanceof CommandError) {
      throw error
    }
    throw isConnectionLost(error) ? new SessionLost(url, error) : withMend(error)
  } finally {
    await client.end().catch(() => {})
  }
}

function withMend(error: unknown): unknown {
  return error instanceof Error && isLackingRight(error)
    ? new CommandError(`PostgreSQL refused a statement: ${error.message} (42501). ${ownersMend}`)
    : error
}

/**
 * What Neon's addresses ask for, `sslmode=require`, pg takes for the strictest mode, and prints nine
 * lines about a version to come. Said outright, the mode stays that. libpq's `sslrootcert=system` is what
 * pg does anyway, and for pg the name of a file.
 */
export function withStrictTls(url: string): string {
  const strict = new URL(url)
  const { searchParams } = strict
  const isOfSystem = searchParams.get('sslrootcert') === systemAuthorities
  if (isOfSystem) {
    searchParams.delete('sslrootcert')
  }
  if (
    /^(?:prefer|require|verify-ca)$/.test(
      searchParams.get('sslmode') ?? (isOfSystem ? 'verify-ca' : ''),
    ) &&
    searchParams.get('uselibpqcompat') !== 'true'
  ) {
    searchParams.set('sslmode', 'verify-full')
    return strict.href
  }
  return isOfSystem ? strict.href : url
}

async function openSession(url: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: withStrictTls(url),
    connectionTimeoutMillis: connectionTimeoutMs,
  })
  // A connection that breaks between two statements fails the next one; it is no crash by itself.
  client.on('error', () => {})
  try {
    await client.connect()
  } catch (error) {
    // A server that waits for a password would hold this process for a minute.
    void client.end().catch(() => {})
    throw error
  }
  await endWithClient(client)
  return client
}

/**
 * The statement of a runner that was killed ends soon, and with it its locks. PostgreSQL of some
 * systems cannot: there it runs to its end.
 */
export const endWithClient = (client: pg.Client): Promise<unknown> =>
  client.query(`set client_connection_check_interval = '1s'`).catch(() => {})

/** By `SET`, because Neon drops what is asked for at the start of a connection. */
export async function setTimeouts(client: pg.Client, { lockMs, statementMs }: Timeouts) {
  await client.query(`set lock_timeout = ${lockMs}; set statement_timeout = ${statementMs}`)
  const { rows } = await client.query<{ name: string; setting: string }>(
    `select name, setting from pg_settings where name in ('lock_timeout', 'statement_timeout')`,
  )
  const settings = Object.fromEntries(rows.map(({ name, setting }) => [name, Number(setting)]))
  if (settings['lock_timeout'] !== lockMs || settings['statement_timeout'] !== statementMs) {
    throw new CommandError(
      'This connection does not keep its lock_timeout: something between here and PostgreSQL ' +
        'shares sessions. Migrations need a direct connection, in DATABASE_URL_DIRECT.',
      exitCodes.configuration,
    )
  }
}
