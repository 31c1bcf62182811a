import { cors } from 'hono/cors'
import { createMiddleware } from 'hono/factory'

const dayS = 86_400

/**
 * Lets only the pages of these origins, CORS_ORIGINS of `config.ts`, call the service. Credentials are headers, never cookies.
 */
export function allowOrigins(origins: readonly string[]) {
  const allow = cors({
    origin: [...origins],
    allowHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key', 'If-Match', 'If-None-Match'],
    allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposeHeaders: [
      'ETag',
      'Feed-Cursor',
      'Idempotency-Replayed',
      'Link',
      'Location',
      'Retry-After',
      'X-Request-Id',
      'X-Total-Count',
    ],
    maxAge: dayS,
  })

  if (origins.length === 0) {
    return createMiddleware((_c, next) => next())
  }
  return createMiddleware(async (c, next) => {
    if (!origins.includes(c.req.header('Origin') ?? '')) {
      await next()
      // Otherwise a cache might give this answer, without CORS headers, to an allowed origin.
      c.header('Vary', 'Origin', { append: true })
    } else if (c.req.method !== 'OPTIONS') {
      await allow(c, next)
    } else {
      // The path's own answer to OPTIONS, with its `Allow`, also gets the headers of a preflight.
      await next()
      if (c.res.status === 204) {
        await allow(c, next)
      }
    }
  })
}
