import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect } from 'vitest'
import { isFree } from '../../scripts/command/ports.ts'
import { listen } from './listen.ts'

/** In the end: the moment a port is free, another test's command may take it for its own run. */
export const expectFree = (port: number) =>
  expect.poll(() => isFree(port), { message: `port ${port}`, timeout: 30_000 }).toBe(true)

/** A port that nobody uses now. */
export async function freePort(): Promise<number> {
  const server = createServer()
  const port = await listen(server)
  server.close()
  await once(server, 'close')
  return port
}
