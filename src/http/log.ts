import { createMiddleware } from 'hono/factory'
import { matchedRoutes } from 'hono/route'
import { causes, ServiceError } from '../errors.ts'
import type { HttpEnv } from './request.ts'

/**
 * One JSON line a request, made of listed fields only: no URL, header, body or error message, each
 * of which can hold a name, an email or a connection string.
 */
export const logRequest = createMiddleware<HttpEnv>(async (c, next) => {
  const start = Date.now()
  await next()

  const cause = c.get('cause')
  console.log(
    JSON.stringify({
      requestId: c.get('requestId'),
      method: c.req.method,
      route: matchedRoutes(c).at(-1)?.path,
      status: c.res.status,
      problem: c.get('problem'),
      ms: Date.now() - start,
      ...(cause && describe(cause)),
    }),
  )
})

/** Of a failed statement SQLSTATE and constraint, of any other surprise its class and place. */
function describe(error: Error) {
  if (error instanceof ServiceError) {
    return { reason: error.reason }
  }
  for (const cause of causes(error)) {
    if ('code' in cause && typeof cause.code === 'string' && 'constraint' in cause) {
      return { sqlState: cause.code, constraint: cause.constraint }
    }
  }
  return { error: error.name, at: placeOf(error) }
}

/** The first frame of the stack. The lines before it are the message, which stays inside. */
const placeOf = ({ stack = '', message }: Error) =>
  stack
    .slice(stack.indexOf(message) + message.length)
    .match(/^\s*at .*$/m)?.[0]
    .trim()
