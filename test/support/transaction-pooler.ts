import { connect, createServer, type Socket } from 'node:net'
import { listen } from './listen.ts'

/** A session of PostgreSQL that no client has: each gets it for one transaction. */
type Session = { socket: Socket; onMessage: (message: Buffer) => void }

export type TransactionPooler = { port: number; close(): void }

const readyForQuery = 0x5a
const terminate = 0x58
const sync = 0x53
const query = 0x51

/**
 * Lends sessions to clients as PgBouncer with `pool_mode = transaction` does, and worse: the next
 * transaction always meets the session that was used longest ago. A client logs in to PostgreSQL itself;
 * its session is then everybody's, and outlives it.
 */
export async function poolTransactions(serverPort: number): Promise<TransactionPooler> {
  const sockets = new Set<Socket>()
  const idle: Session[] = []
  const waiting: ((session: Session) => void)[] = []
  const giveBack = (session: Session) => {
    const next = waiting.shift()
    next ? next(session) : idle.push(session)
  }
  const borrow = () =>
    new Promise<Session>((resolve) => {
      const session = idle.shift()
      session ? resolve(session) : waiting.push(resolve)
    })
  const keep = (socket: Socket) => {
    sockets.add(socket)
    return socket.setNoDelay().on('error', () => socket.destroy())
  }

  const server = createServer((client) => {
    keep(client)
    const socket = keep(connect(serverPort, '127.0.0.1'))
    const session: Session = { socket, onMessage: () => {} }
    socket.on(
      'data',
      readMessages((message) => session.onMessage(message)),
    )
    logIn(client, session, () => {
      giveBack(session)
      lend(client, borrow, giveBack)
    })
  })
  const port = await listen(server)

  return {
    port,
    close() {
      server.close()
      for (const socket of sockets) {
        socket.destroy()
      }
    },
  }
}

/** Passes everything on in both directions until the session is ready for the first time. */
function logIn(client: Socket, session: Session, done: () => void): void {
  const pass = (bytes: Buffer) => session.socket.write(bytes)
  client.on('data', pass)
  session.onMessage = (message) => {
    client.write(message)
    if (message[0] === readyForQuery) {
      client.off('data', pass)
      done()
    }
  }
}

/** For each transaction of the client a session, until the server says that none is open. */
function lend(
  client: Socket,
  borrow: () => Promise<Session>,
  giveBack: (session: Session) => void,
): void {
  let session: Session | undefined
  let work = Promise.resolve()
  let batch: Buffer[] = []

  const send = async (messages: Buffer) => {
    session ??= await borrow()
    const mine = session
    await new Promise<void>((resolve) => {
      mine.onMessage = (message) => {
        client.write(message)
        if (message[0] === readyForQuery) {
          if (message.at(-1) === 'I'.charCodeAt(0)) {
            session = undefined
            giveBack(mine)
          }
          resolve()
        }
      }
      mine.socket.write(messages)
    })
  }
  client.on(
    'data',
    readMessages((message) => {
      if (message[0] === terminate) {
        return
      }
      batch.push(message)
      if (message[0] === sync || message[0] === query) {
        const messages = Buffer.concat(batch)
        batch = []
        work = work.then(() => send(messages))
      }
    }),
  )
}

/** Of what comes in any pieces: a letter, a length, and as much as that. */
function readMessages(onMessage: (message: Buffer) => void): (bytes: Buffer) => void {
  let rest = Buffer.alloc(0)
  return (bytes) => {
    rest = Buffer.concat([rest, bytes])
    while (rest.length >= 5 && rest.length >= 1 + rest.readUInt32BE(1)) {
      const end = 1 + rest.readUInt32BE(1)
      onMessage(rest.subarray(0, end))
      rest = rest.subarray(end)
    }
  }
}
