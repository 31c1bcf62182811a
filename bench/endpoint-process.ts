import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { startEndpoint } from 'neon-local'

/** Requests, and bytes with their headers, as they pass the endpoint's sockets. */
export type Traffic = { requests: number; received: number; sent: number }

const sockets = new Set<Socket>()
const total: Traffic = { requests: 0, received: 0, sent: 0 }

function add(to: Traffic, { bytesRead, bytesWritten }: Socket): void {
  to.received += bytesRead
  to.sent += bytesWritten
}

// Node says so of every request: nothing stands in the way of those that are measured.
subscribe('http.server.request.start', (message) => {
  const { socket } = message as { socket: Socket }
  total.requests += 1
  if (!sockets.has(socket)) {
    sockets.add(socket)
    socket.once('close', () => {
      sockets.delete(socket)
      add(total, socket)
    })
  }
})

// A new session has everything to read again, and Neon's proxy keeps its own for minutes.
const endpoint = await startEndpoint({ postgresUrl: process.argv[2] ?? '', loginEveryMs: 300_000 })

process.on('message', () => {
  const traffic = { ...total }
  for (const socket of sockets) {
    add(traffic, socket)
  }
  process.send?.(traffic)
})
process.on('disconnect', async () => {
  await endpoint.close()
  process.exit()
})
process.send?.(endpoint.url)
