import { Client } from 'pg'
import type { ArrayType } from './array-types.ts'
import { type BackendKey, requestCancel, type Server } from './cancel-request.ts'
import type { Credentials } from './credentials.ts'
import type { Exchange } from './exchange.ts'
import { startupMessage } from './startup-message.ts'

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
  let isUtf8 = true

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
      exchange.isUtf8 = isUtf8
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
  connection.on('parameterStatus', ({ parameterName, parameterValue }) => {
    if (parameterName === 'client_encoding') {
      isUtf8 = parameterValue === 'UTF8'
    }
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

function createClient({ host, port, ssl }: Server, { user, password, database }: Credentials) {
  const timeout = { connectionTimeoutMillis: connectTimeoutMs }
  const client = new Client({ host, port, ssl, user, password, database, ...timeout })
  const { connection } = client
  Object.assign(connection, {
    // A second NUL ends the packet early, and PostgreSQL says so: nothing behind it is a setting.
    startup: () =>
      connection.stream.write(
        startupMessage({
          user,
          database: database.replace(/\0.*/s, '\0'),
          options: sessionDefaults,
        }),
      ),
  })
  return client
}
