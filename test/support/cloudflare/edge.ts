import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Deployment, State, Version, Worker } from './state.ts'
import { type Running, runVersion } from './workerd.ts'

export type EdgeOptions = {
  directory: string
  state: State
  network: Record<string, string>
  propagationMs: number
}

export type Edge = {
  listen(worker: string): Promise<URL>
  /** Starts the version, or says what its global scope threw. */
  start(version: Version): Promise<string | undefined>
  close(): Promise<void>
}

export function startEdge({ directory, state, network, propagationMs }: EdgeOptions): Edge {
  const running = new Map<string, Promise<Running>>()
  const servers: { close(): Promise<void> }[] = []

  const run = (version: Version): Promise<Running> => {
    const known = running.get(version.id)
    const started = known ?? runVersion(directory, version, network)
    running.set(version.id, started)
    return started
  }

  return {
    start: (version) =>
      run(version).then(
        () => undefined,
        (error: Error) => error.message,
      ),

    listen: async (name) => {
      let count = 0
      const server = createServer((incoming, outgoing) => {
        const worker = state.workers.get(name)
        const deployment = worker && effective(worker, propagationMs)
        if (!worker || !deployment) {
          // What workers.dev answers for a name without a Worker; a domain would not resolve.
          answer(outgoing, 404, 'error code: 1042')
          return
        }
        const override = overrideFor(name, incoming.headers['cloudflare-workers-version-overrides'])
        const overridden = deployment.versions.find(({ version_id }) => version_id === override)
        const id = overridden?.version_id ?? pick(deployment, count++)
        const version = worker.versions.find((each) => each.id === id)
        if (!version || isBroken(version, overridden !== undefined)) {
          answer(outgoing, 500, 'error code: 1101')
          return
        }
        run(version).then(
          ({ port }) => proxy(port, incoming, outgoing),
          () => answer(outgoing, 500, 'error code: 1101'),
        )
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      servers.push({
        close: () =>
          new Promise((resolve) => {
            server.close(() => resolve())
            server.closeAllConnections()
          }),
      })
      return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    },

    close: async () => {
      await Promise.all(servers.map((server) => server.close()))
      await Promise.all(
        [...running.values()].map((each) =>
          each.then(
            ({ close }) => close(),
            () => {},
          ),
        ),
      )
    },
  }
}

const effective = ({ deployments }: Worker, propagationMs: number): Deployment | undefined =>
  deployments.findLast(({ createdOn }) => Date.parse(createdOn) + propagationMs <= Date.now())

const isBroken = ({ broken }: Version, overridden: boolean): boolean =>
  broken === 'everywhere' || (broken === 'in production' && !overridden)

/**
 * The n-th request falls on the n-th multiple of the golden ratio: percentages hold nearly exactly
 * after a few requests, and no two runs differ.
 */
function pick({ versions }: Deployment, n: number): string | undefined {
  let left = ((n * 0.618_033_988_749_895) % 1) * 100
  return versions.find(({ percentage }) => {
    left -= percentage
    return left < 0
  })?.version_id
}

/** A dictionary of RFC 8941 whose values are strings. Cloudflare ignores what is none. */
function overrideFor(worker: string, header: string | string[] | undefined): string | undefined {
  const text = [header].flat().join(', ')
  const members = text.split(',').map((member) => /^\s*([a-z*][\w.*-]*)="([^"]*)"\s*$/.exec(member))
  return members.includes(null) ? undefined : members.findLast((each) => each?.[1] === worker)?.[2]
}

function proxy(port: number, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, url, rawHeaders } = incoming
  const headers = [...rawHeaders, 'CF-Connecting-IP', incoming.socket.remoteAddress ?? '127.0.0.1']
  const outward = request(
    { host: '127.0.0.1', port, method, path: url, headers, agent: false },
    (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.rawHeaders)
      response.pipe(outgoing)
    },
  )
  outward.on('error', () => (outgoing.headersSent ? outgoing.destroy() : answer(outgoing, 502, '')))
  outgoing.on('close', () => outward.destroy())
  incoming.pipe(outward)
}

function answer(outgoing: ServerResponse, status: number, text: string): void {
  outgoing.writeHead(status, { 'Content-Type': 'text/plain; charset=UTF-8' }).end(text)
}
