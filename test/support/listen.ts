import { once } from 'node:events'
import type { Server } from 'node:net'

/** Lets a server, of HTTP too, listen on this machine. Gives its port. */
export async function listen(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') {
    throw new TypeError('A port was expected.')
  }
  return address.port
}
