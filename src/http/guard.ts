import { createMiddleware } from 'hono/factory'
import { type Config, isLoopback } from '../config.ts'
import { ServiceError } from '../errors.ts'
import type { HttpEnv } from './request.ts'

/**
 * Throws `invalid-host` when the request does not say which host it is for. Throws
 * `insecure-transport` for plain http that comes from elsewhere: a redirect would only hide
 * that the credential has been sent in the clear. And `local-only` for a service that is open, or
 * that speaks to a local endpoint, and is called by another host: it was deployed by mistake.
 */
export function guardTransport({ AUTH, NEON_ENDPOINT, DEV_SECRET }: Config) {
  // One host after another asks seldom: what the last one was is not found out again.
  let lastGood: string | undefined

  return createMiddleware<HttpEnv>((c, next) => {
    // Under `wrangler dev` the address is what the client's own MF-Original-URL says, and the real
    // one is lost: only what came through the listener of `npm run dev` has been judged.
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

/** As far as the path, so with the scheme and the host. */
const originOf = (url: string) => /^\w+:\/\/[^/]*/.exec(url)?.[0] ?? url

/** Two Host headers come as one, with a comma between (RFC 9112 section 3.2). */
const readOrigin = (origin: string) =>
  /^https?:\/\/(?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?$/i.test(origin) ? URL.parse(origin) : null
