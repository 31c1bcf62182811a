import { createMiddleware } from 'hono/factory'
import { type Config, isLoopback } from '../config.ts'
import { ServiceError } from '../errors.ts'
import type { HttpEnv } from './request.ts'

/**
 * Throws `invalid-host` when the request does not say which host it is for. Throws
 * `insecure-transport` for plain http from another machine: a redirect would only hide that the
 * credential was sent in the clear. Throws `local-only` when a service with AUTH=open or a local endpoint
 * is called from another machine: it was deployed by mistake.
 */
export function guardTransport({ AUTH, NEON_ENDPOINT, DEV_SECRET }: Config) {
  // The host seldom changes between requests, so the last good one is not parsed again.
  let lastGood: string | undefined

  return createMiddleware<HttpEnv>((c, next) => {
    // Under `wrangler dev` the address is whatever the client's own MF-Original-URL says. Only
    // requests that came through the listener of `npm run dev` have had their real address checked.
    if (DEV_SECRET && c.req.header('Dev-Secret') !== DEV_SECRET) {
      throw new ServiceError('local-only', 'Ask at the address that `npm run dev` prints.')
    }
    const origin = originOf(c.req.url)

    if (origin !== lastGood) {
      const url = readOrigin(origin)
      if (!url) {
        throw new ServiceError(
          'invalid-host',
          'The request must have one Host header, with the name and perhaps the port of a host.',
        )
      }
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
      lastGood = origin
    }
    return next()
  })
}

/** Everything before the path: the scheme and the host. */
const originOf = (url: string) => /^\w+:\/\/[^/]*/.exec(url)?.[0] ?? url

/** Two Host headers arrive as one, joined by a comma (RFC 9112 section 3.2). */
const readOrigin = (origin: string) =>
  /^https?:\/\/(?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?$/i.test(origin) ? URL.parse(origin) : null
