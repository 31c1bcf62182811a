import { connect } from 'node:net'
import { withResolvers } from '../with-resolvers.ts'

export type Server = {
  host: string
  port: number
  ssl: boolean
  hasExpired(user: string): Promise<boolean>
}
export type BackendKey = { processID: number; secretKey: number }

/** What hosted Neon gives a cancelled query to end before it drops the connection. */
const patienceMs = 100

const cancelRequestCode = 80877102

/**
 * Asks PostgreSQL to cancel what a session runs. Resolves when the server has taken the request, or
 * after 100 ms: a server that is stopped accepts the connection and never answers.
 *
 * In the clear even where sessions use TLS: the message is a random key and no data.
 */
export function requestCancel(server: Server, key: BackendKey): Promise<void> {
  const message = Buffer.alloc(16)
  message.writeInt32BE(message.length, 0)
  message.writeInt32BE(cancelRequestCode, 4)
  message.writeInt32BE(key.processID, 8)
  message.writeInt32BE(key.secretKey, 12)

  const { promise, resolve } = withResolvers<void>()
  const isPath = server.host.startsWith('/')
  const socket = isPath
    ? connect(`${server.host}/.s.PGSQL.${server.port}`)
    : connect(server.port, server.host)
  const timer = setTimeout(() => socket.destroy(), patienceMs)
  // The server's answer is to close the connection; a refused one needs no other treatment.
  socket.on('error', () => socket.destroy())
  socket.on('close', () => {
    clearTimeout(timer)
    resolve()
  })
  socket.resume()
  socket.write(message)
  return promise
}
