import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Passes every request on to `target`, waits for the answer, and hangs up instead of giving it. */
export async function startCuttingProxy(target: string) {
  const server = createServer(async (request, response) => {
    const { 'neon-connection-string': connection } = request.headers
    await fetch(target, {
      method: 'POST',
      headers: {
        'Neon-Connection-String': String(connection),
        'Neon-Raw-Text-Output': 'true',
        'Neon-Array-Mode': 'true',
      },
      body: Buffer.concat(await Array.fromAsync(request)),
    })
    response.socket?.destroy()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port }: AddressInfo = Object(server.address())

  return {
    url: `http://127.0.0.1:${port}/sql`,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
