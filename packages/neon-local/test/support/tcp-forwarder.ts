import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { portOf } from '../../src/endpoint/loopback-server.ts'

export type TcpForwarder = { port: number; openConnections(): number; close(): void }

/** Passes all that it gets on to a port, to see how many connections a client really holds. */
export async function forwardTo(port: number): Promise<TcpForwarder> {
  const open = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1')
    open.add(client)
    client.on('close', () => {
      open.delete(client)
      upstream.destroy()
    })
    // What the server said last has still to be passed on.
    upstream.on('close', () => client.destroySoon())
    for (const socket of [client, upstream]) {
      socket.on('error', () => socket.destroy())
    }
    client.pipe(upstream)
    upstream.pipe(client)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')

  return {
    port: portOf(server),
    openConnections: () => open.size,
    close() {
      server.close()
      for (const socket of open) {
        socket.destroy()
      }
    },
  }
}
