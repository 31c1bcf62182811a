import {
  Agent,
  type IncomingMessage,
  type RequestListener,
  request,
  type ServerResponse,
} from 'node:http'
import { pipeline } from 'node:stream'
import { type LoopbackServer, serveOnLoopback } from 'neon-local/loopback-server'
import { problems } from '../../src/problem-statuses.ts'

export type FrontOptions = {
  port: number
  /** Where wrangler serves. */
  target: URL
  /** Shown to the Worker, which answers nobody without it: a web page can reach any port. */
  secret: string
  /** Whose pages may call, beside those of this machine. */
  origins: readonly string[]
}

/**
 * Judges what a client really sent, before wrangler hides it: wrangler takes the address from the
 * client's own `MF-Original-URL` and rewrites `Host`. A page whose name was rebound to 127.0.0.1
 * cannot change its `Host`, and a page of another origin cannot take its `Origin` away.
 */
export function startFront({ port, ...options }: FrontOptions): Promise<LoopbackServer> {
  const answer: RequestListener = (incoming, response) => {
    const refusal = refusalOf(incoming, options.origins)
    if (refusal === undefined) {
      pass(incoming, response, options)
    } else {
      refuse(response, refusal)
    }
  }
  // Room for the longest token, and then some: the Worker is to refuse what is too long.
  return serveOnLoopback(answer, port, { maxHeaderSize: 128 * 1024 })
}

const loopback = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i

/** A sentence, or undefined for a request of this machine. */
function refusalOf(
  { url = '', headersDistinct }: IncomingMessage,
  origins: readonly string[],
): string | undefined {
  const { host: hosts = [], origin: senders = [] } = headersDistinct
  if (!url.startsWith('/') || hosts.length !== 1 || !loopback.test(hosts[0] ?? '')) {
    return 'This service is for this machine alone: call it as `localhost`.'
  }
  const isKnown = (origin: string) =>
    origins.includes(origin) || loopback.test(origin.replace(/^https?:\/\//, ''))
  return senders.every(isKnown)
    ? undefined
    : 'Pages of this origin may not call the service. CORS_ORIGINS names those that may.'
}

function refuse(response: ServerResponse, detail: string): void {
  const { status, title } = problems['local-only']
  response.writeHead(status, { 'Content-Type': 'application/problem+json', Connection: 'close' })
  response.end(JSON.stringify({ type: '/problems/local-only', title, status, detail }))
}

/** workerd closes what is idle for five seconds: let go of it before. */
const agent = new Agent({ keepAlive: true, timeout: 4_000 })

/** What belongs to one connection, and what a proxy before this one would have said. */
const ownHeader =
  /^(?:connection|keep-alive|upgrade|proxy-.*|te|trailer|mf-.*|cf-.*|forwarded|x-forwarded-.*|x-real-ip|true-client-ip|dev-secret)$/i

const hopHeader = /^(?:connection|keep-alive|transfer-encoding)$/i

function pass(
  incoming: IncomingMessage,
  response: ServerResponse,
  { target, secret }: Pick<FrontOptions, 'target' | 'secret'>,
): void {
  const outgoing = request({
    agent,
    hostname: target.hostname,
    port: target.port,
    method: incoming.method,
    path: incoming.url,
    headers: [...without(ownHeader, incoming.rawHeaders), 'Dev-Secret', secret],
  })
  response.once('close', () => outgoing.destroy())
  outgoing.once('response', (answer) => {
    const { statusCode = 502, statusMessage, rawHeaders } = answer
    response.writeHead(statusCode, statusMessage, without(hopHeader, rawHeaders))
    // What is cut off on one side is cut off on the other.
    pipeline(answer, response, () => {})
  })
  pipeline(incoming, outgoing, (error) => {
    if (error && !response.headersSent) {
      response.destroy()
    }
  })
}

/** Of names and values in turn. */
const without = (names: RegExp, rawHeaders: readonly string[]): string[] =>
  rawHeaders.filter((_, index) => !names.test(rawHeaders[index - (index % 2)] ?? ''))
