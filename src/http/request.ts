import { createMiddleware } from 'hono/factory'
import { newContext, requestContext } from '../context.ts'
import type { Share } from '../pool.ts'
import type { ProblemCode } from '../problem-statuses.ts'
import { chunksOf } from './body-chunks.ts'

export type Caller = {
  /** For the log: `key:NAME`, `sub:HASH` or `anyone`. */
  name: string
  scopes: readonly string[]
}

/** What runs: of the package, and of the upload to Cloudflare. */
export type Release = { version: string; versionId: string }

/** What the middleware keeps of the request at hand, for the problems and the log. */
export type HttpEnv = {
  Variables: {
    requestId: string
    /** Who asks; nobody for what is public. */
    caller?: Caller
    /** The code of the problem that is answered. */
    problem?: ProblemCode | undefined
    /** What was thrown. */
    cause?: Error
    /** How often the database was asked, and for how long. */
    database?: { attempts: number; databaseMs: number }
    /** Among the few that may be at work at once, until the request is answered. */
    place?: Share | undefined
  }
}

/** What RFC 9110 section 9.2.1 calls safe: it changes nothing, so it may be done twice. */
export const isSafe = (method: string) => ['GET', 'HEAD', 'OPTIONS'].includes(method)

/** Always our own id: a client's would carry what it likes into bodies and logs. */
export const identifyRequest = createMiddleware<HttpEnv>(async (c, next) => {
  const context = newContext(isSafe(c.req.method))
  const start = Date.now()
  c.set('requestId', crypto.randomUUID())
  await requestContext.run(context, next)

  const { body, bodyUsed } = c.req.raw
  if (body && !bodyUsed) {
    await dropRest(body)
  }
  const { attempts, databaseMs } = context
  const { headers } = c.res
  c.set('database', { attempts, databaseMs })
  headers.set('X-Request-Id', c.get('requestId'))
  headers.set('Server-Timing', `db;dur=${databaseMs}, total;dur=${Date.now() - start}`)
  // Personal data: for no cache on the way, whatever its heuristics (RFC 9111 section 4.2.2). The
  // pages, which hold none, say otherwise themselves.
  if (!headers.has('Cache-Control')) {
    headers.set('Cache-Control', 'no-store')
  }
})

/** Far more than the largest body that any path takes, and longer than a client needs that means it. */
const maxDroppedBytes = 16 * 1024 * 1024
const maxDropMs = 1_000

/** Reads what nobody has read: a client that still sends when the connection closes sees no answer. */
async function dropRest(body: ReadableStream<Uint8Array>): Promise<void> {
  const chunks = chunksOf(body)
  const end = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), maxDropMs))
  let bytes = 0
  try {
    while (bytes < maxDroppedBytes) {
      const chunk = await Promise.race([chunks.next(), end])
      if (!chunk || chunk.done) {
        return
      }
      bytes += chunk.value.length
    }
  } catch {
    // The client has gone.
  }
}
