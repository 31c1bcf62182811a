import { once } from 'node:events'
import { createServer, type IncomingMessage, request } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { listen } from './listen.ts'

/**
 * What befalls a request: the proxy hangs up before the service sees it, once the service has
 * answered, or in the middle of the answer, where it may also fall silent; or it gives an answer of
 * its own.
 */
export type Mishap =
  | 'reset-before'
  | 'reset-after'
  | 'cut'
  | 'stall-after-head'
  | 'stall-in-body'
  | { status: number; headers?: Record<string, string>; body?: string; afterMs?: number }

export type Proxy = {
  url: string
  /** Method and path of every request so far. */
  requests: string[]
  /** The next requests meet these, one after the other. */
  plan(...mishaps: (Mishap | undefined)[]): void
  close(): Promise<void>
}

/** A way to the service on which things go wrong. */
export async function startProxy(service: URL): Promise<Proxy> {
  const planned: (Mishap | undefined)[] = []
  const requests: string[] = []

  const server = createServer(async (incoming, response) => {
    requests.push(`${incoming.method} ${incoming.url}`)
    const mishap = planned.shift()
    const hangUp = () => incoming.socket.destroy()
    if (mishap === 'reset-before') {
      return hangUp()
    }
    if (typeof mishap === 'object') {
      await sleep(mishap.afterMs ?? 0)
      return response.writeHead(mishap.status, mishap.headers).end(mishap.body)
    }
    const answer = await forward(service, incoming).catch(() => undefined)
    if (!answer) {
      return hangUp()
    }
    if (mishap === 'reset-after') {
      return hangUp()
    }
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    if (mishap === 'stall-after-head') {
      return response.flushHeaders()
    }
    if (mishap === 'stall-in-body') {
      const body = await buffer(answer)
      return response.write(body.subarray(0, body.length / 2))
    }
    if (mishap === 'cut') {
      const body = await buffer(answer)
      return response.write(body.subarray(0, body.length / 2), hangUp)
    }
    return answer.pipe(response)
  })
  const port = await listen(server)

  return {
    url: `http://127.0.0.1:${port}/`,
    requests,
    plan: (...mishaps) => planned.splice(0, planned.length, ...mishaps),
    close: async () => {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

async function forward(service: URL, incoming: IncomingMessage): Promise<IncomingMessage> {
  const { method = 'GET', url = '/', headers } = incoming
  const outgoing = request(new URL(url, service), { method, headers })
  incoming.pipe(outgoing)
  const [answer] = await once(outgoing, 'response')
  return answer
}
