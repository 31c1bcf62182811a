import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http'
import type { Server as TcpServer } from 'node:net'
import { NeonLocalError, PortTaken } from '../errors.ts'
import { withResolvers } from '../with-resolvers.ts'

const attempts = 10

export type LoopbackServer = { port: number; close(): Promise<void> }

/**
 * Serves on 127.0.0.1 and, where the machine has IPv6, on the same port of ::1: `localhost` means
 * the one to some clients and the other to others. Never on an address that others can reach.
 */
export async function serveOnLoopback(
  handler: RequestListener,
  port: number | undefined,
  options: ServerOptions = {},
): Promise<LoopbackServer> {
  for (let attempt = 1; ; attempt += 1) {
    const ipv4 = await listen(handler, '127.0.0.1', port ?? 0, options)
    const chosen = portOf(ipv4)
    try {
      const ipv6 = await listen(handler, '::1', chosen, options).catch(unlessWithoutIpv6)
      const servers = ipv6 ? [ipv4, ipv6] : [ipv4]
      return { port: chosen, close: async () => void (await Promise.all(servers.map(close))) }
    } catch (error) {
      await close(ipv4)
      // A port that is free on 127.0.0.1 may be taken on ::1.
      if (port !== undefined || attempt === attempts) {
        throw error
      }
    }
  }
}

async function listen(
  handler: RequestListener,
  host: string,
  port: number,
  options: ServerOptions,
): Promise<Server> {
  // Never closed for being idle: a client that sends just then would see a dead database.
  const server = createServer({ ...options, keepAliveTimeout: 0 }, handler)
  const { promise, resolve, reject } = withResolvers<void>()
  server.once('error', reject)
  server.listen(port, host, resolve)
  try {
    await promise
  } catch (error) {
    throw refused(error, `Port ${port} of ${host}`)
  }
  return server
}

function refused(error: unknown, port: string): unknown {
  if (hasCode(error, 'EADDRINUSE')) {
    return new PortTaken(`${port} is taken: stop what uses it, or choose another.`)
  }
  return hasCode(error, 'EACCES')
    ? new NeonLocalError(`${port} is not for this user: choose one from 1024 upwards.`)
    : error
}

function unlessWithoutIpv6(error: unknown): undefined {
  if (!hasCode(error, 'EADDRNOTAVAIL') && !hasCode(error, 'EAFNOSUPPORT')) {
    throw error
  }
}

function close(server: Server): Promise<void> {
  const { promise, resolve } = withResolvers<void>()
  server.close(() => resolve())
  server.closeAllConnections()
  return promise
}

export function portOf(server: TcpServer): number {
  const address = server.address()
  if (address === null || typeof address === 'string') {
    throw new TypeError('The server does not listen on a TCP port.')
  }
  return address.port
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
