import { once } from 'node:events'
import { createServer } from 'node:net'

/** Throws TypeError for a text that is not a TCP port. */
export function readPort(option: string, value: string): number {
  const port = Number(value)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new TypeError(`${option} must be a number from 1 to 65535.`)
  }
  return port
}

const loopback = ['127.0.0.1', '::1']

/** Whether nothing listens on this port of either loopback address. */
export async function isFree(port: number): Promise<boolean> {
  for (const host of loopback) {
    const code = await listenCode(port, host)
    if (code === 'EADDRINUSE' || code === 'EACCES') {
      return false
    }
  }
  return true
}

/** What stops a server from listening; undefined when nothing does. */
async function listenCode(port: number, host: string): Promise<string | undefined> {
  const server = createServer()
  try {
    server.listen({ port, host, exclusive: true })
    await once(server, 'listening')
    return undefined
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : undefined
  } finally {
    server.close()
  }
}
