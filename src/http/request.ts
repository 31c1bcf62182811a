import { createMiddleware } from 'hono/factory'
import { newContext, requestContext } from '../context.ts'
import type { ProblemCode } from '../problem-statuses.ts'
import { chunksOf } from './body-chunks.ts'

export type Caller = {
  /** For the log: `key:NAME`, `sub:HASH` or `anyone`. */
  name: string
  scopes: readonly string[]
}

/** What is running: the version of the package, and the id of the upload to Cloudflare. */
export type Release = { version: string; versionId: string }

/** What middleware remembers about the request, for problems and the log. */
export type HttpEnv = {
  Variables: {
    requestId: string
    /** Who makes the request; nobody on public paths. */
    caller?: Caller
    /** The code of the problem in the answer. */
    problem?: ProblemCode | undefined
    /** What was thrown. */
    cause?: Error
    /** How often the database was asked, and for how long. */
    database?: { attempts: number; databaseMs: number }
  }
}

/** Safe by RFC 9110 section 9.2.1: the request changes nothing, so it may be repeated. */
export const isSafe = (method: string) => ['GET', 'HEAD', 'OPTIONS'].includes(method)

/** Always an id of our own: a client's could bring anything into bodies and logs. */
export const identifyRequest = createMiddleware<HttpEnv>(async (c, next) => {
  const requestId = crypto.randomUUID()
  const context = newContext(isSafe(c.req.method), requestId)
  const start = Date.now()
  c.set('requestId', requestId)
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
  // Answers have personal data, which no cache on the way may keep (RFC 9111 section 4.2.2). The
  // pages have none, and set a header of their own.
  if (!headers.has('Cache-Control')) {
    headers.set('Cache-Control', 'no-store')
  }
})

/** Far more than the largest body that any path takes, and longer than an honest client needs. */
const maxDroppedBytes = 16 * 1024 * 1024
const maxDropMs = 1_000

/**
 * Reads the rest of the body: a client that is still sending when the connection closes sees no
 * answer.
 */
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
