import { Client } from 'pg'
import type { ArrayType } from './array-types.ts'
import { type BackendKey, requestCancel, type Server } from './cancel-request.ts'
import type { Credentials } from './credentials.ts'
import type { Exchange } from './exchange.ts'

const connectTimeoutMs = 2_000
const goodbyeTimeoutMs = 100

/**
 * As hosted Neon has them, whatever postgresql.conf says: the date parsing of the driver and of
 * drizzle relies on it. Given at start-up, because RESET ALL goes back to the values of start-up.
 */
const sessionDefaults = '-c TimeZone=UTC -c DateStyle=ISO,MDY -c IntervalStyle=postgres'

export type Session = {
  /** Connects and proves the password, within two seconds. Rejects with what `pg` says. */
  login(): Promise<void>
  /** Runs one exchange after the other. */
  run(exchange: Exchange): Promise<string>
  /** Ends a session that is idle. */
  close(): void
  /** Ends a session that may be busy: what it runs is cancelled first, so that it is undone. */
  abandon(): Promise<void>
  isOpen(): boolean
  isInTransaction(): boolean
  /** What is known of the types met in results, for parsed output. Ends with the session. */
  readonly arrayTypes: Map<number, ArrayType | undefined>
}

/** One connection to PostgreSQL. `onEnd` is called once, whoever ended it and however. */
export function createSession(
  server: Server,
  credentials: Credentials,
  onEnd: (session: Session) => void,
): Session {
  const client = createClient(server, credentials)
  const { connection } = client
  let key: BackendKey | undefined
  let current: Exchange | undefined
  let isOpen = true

  const session: Session = {
    async login() {
      try {
        await client.connect()
        connection.stream.on('data', (bytes: Buffer) => current?.handleBytes(bytes.length))
      } catch (error) {
        connection.stream.destroy()
        throw error
      }
    },
    async run(exchange) {
      if (!isOpen) {
        // A batch whose client went away between two statements must not go on to its COMMIT.
        throw new Error('The session has ended.')
      }
      current = exchange
      return client.query(exchange).done
    },
    close() {
      isOpen = false
      void client.end()
      // A server that is stopped never closes its side.
      setTimeout(() => connection.stream.destroy(), goodbyeTimeoutMs).unref()
    },
    async abandon() {
      if (isOpen) {
        isOpen = false
        // Rows by the million may be on their way, and every one of them would be read.
        connection.stream.pause()
        if (key) {
          await requestCancel(server, key)
        }
        connection.stream.destroy()
      }
    },
    isOpen: () => isOpen,
    isInTransaction: () => client.getTransactionStatus() !== 'I',
    arrayTypes: new Map(),
  }

  connection.once('backendKeyData', (message: BackendKey) => {
    key = message
  })
  // `pg` has no handler of its own for it, and a COPY of nothing sends no data.
  connection.on('copyOutResponse', () => current?.handleCopy())
  // Without a listener, a server that goes away would end this process.
  client.on('error', () => connection.stream.destroy())
  client.on('end', () => {
    isOpen = false
    onEnd(session)
  })
  return session
}

/** Every setting is given here: `pg` would take one that is missing from the environment. */
function createClient(server: Server, credentials: Credentials): Client {
  return new Client({
    ...server,
    ...credentials,
    options: sessionDefaults,
    application_name: 'neon-local',
    connectionTimeoutMillis: connectTimeoutMs,
  })
}
