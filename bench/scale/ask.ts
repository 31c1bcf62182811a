import { Agent, type IncomingHttpHeaders, request as send } from 'node:http'
import { feedsOf } from './feeds.ts'

export type ScaleRequest = {
  method: string
  path: string
  mediaType?: string
  body?: string | Buffer
  /** Whether the body of the answer is too large to be kept. */
  isStreamed?: boolean
}

export type Answer = {
  status: number
  headers: IncomingHttpHeaders
  bytes: number
  /** Line feeds: the users of an export. */
  lines: number
  text: string
  /** From the first byte that is sent to the last that is received. */
  ms: number
}

export type Service = { url: URL; key: string; agent: Agent }

/** One connection, which stays open. */
export const newScaleAgent = () => new Agent({ keepAlive: true, maxSockets: 1 })

export function ask(
  { url, key, agent }: Service,
  { method, path, mediaType = 'application/json', body, isStreamed }: ScaleRequest,
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const start = performance.now()
  const headers = {
    Authorization: `Bearer ${key}`,
    ...(body !== undefined && {
      'Content-Type': mediaType,
      'Content-Length': Buffer.byteLength(body),
    }),
  }
  send(new URL(path, url), { method, agent, headers }, (response) => {
    const kept: Buffer[] = []
    let bytes = 0
    let lines = 0
    response
      .on('data', (chunk: Buffer) => {
        bytes += chunk.length
        if (isStreamed) {
          lines += feedsOf(chunk)
        } else {
          kept.push(chunk)
        }
      })
      .on('error', reject)
      .on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          bytes,
          lines,
          text: Buffer.concat(kept).toString(),
          ms: performance.now() - start,
        }),
      )
  })
    .on('error', reject)
    .end(body)
  return promise
}
