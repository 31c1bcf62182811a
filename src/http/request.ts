import { createMiddleware } from 'hono/factory'
import type { ProblemCode } from '../errors.ts'

/** What the middleware keeps of the request at hand, for the problems and the log. */
export type HttpEnv = {
  Variables: {
    requestId: string
    /** The code of the problem that is answered. */
    problem?: ProblemCode | undefined
    /** What was thrown. */
    cause?: Error
  }
}

/** Always our own id: a client's would carry what it likes into bodies and logs. */
export const identifyRequest = createMiddleware<HttpEnv>(async (c, next) => {
  c.set('requestId', crypto.randomUUID())
  await next()
  c.res.headers.set('X-Request-Id', c.get('requestId'))
  // Personal data: for no cache on the way, whatever its heuristics (RFC 9111 section 4.2.2).
  c.res.headers.set('Cache-Control', 'no-store')
})
