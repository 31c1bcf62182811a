import { Client } from 'pg'
import type { Server } from './endpoint/cancel-request.ts'
import { hasExpired } from './endpoint/expired-roles.ts'
import { serveOnLoopback } from './endpoint/loopback-server.ts'
import { respond } from './endpoint/routes.ts'
import { createSessions } from './endpoint/sessions.ts'
import { readOrigins } from './endpoint/web-pages.ts'
import { NeonLocalError } from './errors.ts'
import type { ChooseFault, Faults } from './faults.ts'

/** What hosted Neon's documentation gives; the open-source proxy has 10 MiB. */
const maxBytes = 64 * 1024 * 1024

/** What the proxy's HTTP server takes. */
const maxHeaderSize = 408 * 1024

export type EndpointOptions = {
  /**
   * Which PostgreSQL: its host, its port and its TLS settings. User, password and database come
   * with each request; those in here are used only to tell an expired role from a wrong password.
   */
  postgresUrl: string
  /** The TCP port, on loopback. Without it, one that is free. */
  port?: number | undefined
  /** The origins whose web pages may ask, as `http://localhost:3000`, or `*`. Without it: none. */
  cors?: readonly string[] | undefined
  maxRequestBytes?: number
  maxResponseBytes?: number
  /**
   * For how many milliseconds open sessions may stand in for a login: 1,000. Then one request logs in
   * anew, so that a password that was changed, or a role that was dropped, is noticed.
   */
  loginEveryMs?: number
  /** Is told every statement, never its values. */
  onStatement?: (sql: string, milliseconds: number) => void
  /** For tests: makes requests go wrong. `requestedFault` lets each request ask for a fault. */
  faults?: Faults | ChooseFault | undefined
}

export type Endpoint = { url: string; port: number; close(): Promise<void> }

/** Speaks Neon's SQL over HTTP in front of any PostgreSQL. Throws NeonLocalError. */
export async function startEndpoint(options: EndpointOptions): Promise<Endpoint> {
  const settings = {
    cors: readOrigins(options.cors),
    maxRequestBytes: options.maxRequestBytes ?? maxBytes,
    maxResponseBytes: options.maxResponseBytes ?? maxBytes,
    onStatement: options.onStatement,
    chooseFault: readFaults(options.faults),
  }
  const sessions = createSessions(readServer(options.postgresUrl), options.loginEveryMs)
  const listening = await serveOnLoopback(
    (request, response) => void respond(request, response, sessions, settings),
    options.port,
    { maxHeaderSize, requireHostHeader: false },
  )
  return {
    url: `http://127.0.0.1:${listening.port}/sql`,
    port: listening.port,
    async close() {
      await listening.close()
      await sessions.close()
    },
  }
}

const readFaults = (faults: EndpointOptions['faults']): ChooseFault =>
  typeof faults === 'function' ? faults : (faults?.choose ?? (() => undefined))

/**
 * Lets `pg` read the URL, so that `sslmode` and its kin mean what they mean everywhere else. Without
 * them there is no TLS: PGSSLMODE of a shell is for other servers.
 */
function readServer(postgresUrl: string): Server {
  try {
    const { host, port, ssl } = new Client({ connectionString: postgresUrl, ssl: false })
    return { host, port, ssl, hasExpired: (user) => hasExpired(postgresUrl, user) }
  } catch {
    // The exception repeats the URL, with the password.
    throw new NeonLocalError(
      'The URL of the PostgreSQL server cannot be read. Write it as postgresql://HOST:PORT.',
    )
  }
}
