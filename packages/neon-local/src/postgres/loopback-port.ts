import { once } from 'node:events'
import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { NeonLocalError, PortTaken } from '../errors.ts'

/** Where the server listens: `localhost` may mean either of them. */
export function loopbackAddresses(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  return ['127.0.0.1', ...(addresses.some(({ address }) => address === '::1') ? ['::1'] : [])]
}

/** A port that nobody listens on; another program may still be quicker to take it. */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = await tryPort(0, '127.0.0.1')
    if ((await problemOf(port)) !== 'EADDRINUSE') {
      return port
    }
  }
}

/** Refuses a port that some program listens on already, or that this user may not open. */
export async function requireFreePort(port: number): Promise<void> {
  const problem = await problemOf(port)
  if (problem === 'EADDRINUSE') {
    throw portTaken(port)
  }
  if (problem === 'EACCES') {
    throw portForbidden(port)
  }
}

export function portForbidden(port: number): NeonLocalError {
  return new NeonLocalError(
    `Port ${port} is not open to the user whom PostgreSQL runs as: ` +
      'choose one above 1023 with --postgres-port.',
  )
}

export function portTaken(port: number): PortTaken {
  return new PortTaken(
    `Port ${port} is taken by another program: ` +
      'stop it, or choose another port with --postgres-port.',
  )
}

async function problemOf(port: number): Promise<unknown> {
  for (const address of loopbackAddresses()) {
    try {
      await tryPort(port, address)
    } catch (error) {
      return error instanceof Error && 'code' in error ? error.code : error
    }
  }
  return undefined
}

async function tryPort(port: number, address: string): Promise<number> {
  const server = createServer().listen(port, address)
  await once(server, 'listening')
  const bound = server.address()
  server.close()
  await once(server, 'close')
  if (typeof bound !== 'object' || bound === null) {
    throw new TypeError('A port was expected.')
  }
  return bound.port
}
