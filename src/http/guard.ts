import { createMiddleware } from 'hono/factory'
import { type Config, isLoopback } from '../config.ts'
import { ServiceError } from '../errors.ts'
import type { HttpEnv } from './request.ts'

/**
 * Throws `insecure-transport` for plain http that comes from elsewhere: a redirect would only hide
 * that the credential has been sent in the clear. And `local-only` for a service that is open, or
 * that speaks to a local endpoint, and is called by another host: it was deployed by mistake.
 */
export const guardTransport = ({ AUTH, NEON_ENDPOINT }: Config) =>
  createMiddleware<HttpEnv>(async (c, next) => {
    const url = new URL(c.req.url)

    if (!isLoopback(url)) {
      if (AUTH === 'open' || NEON_ENDPOINT !== undefined) {
        throw new ServiceError(
          'local-only',
          'This service runs with AUTH=open or NEON_ENDPOINT, which are for one machine alone.',
        )
      }
      if (url.protocol === 'http:') {
        throw new ServiceError(
          'insecure-transport',
          'This service answers https only. Whatever credential this request had is to be replaced.',
        )
      }
    }
    await next()
  })
