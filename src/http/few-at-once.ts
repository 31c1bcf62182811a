import { createMiddleware } from 'hono/factory'
import { ServiceError } from '../errors.ts'
import type { Pool, Share } from '../pool.ts'
import type { HttpEnv } from './request.ts'

/** With the request's place among the few that may run at once. */
export type PlaceEnv = HttpEnv & { Variables: { place?: Share | undefined } }

export const busy = () =>
  new ServiceError('busy', 'The service has as many of these at hand as it takes. Try again soon.')

/** Refuses a request at once, before its body is read, when there is no place. Throws `busy`. */
export const demandPlace = (places: Pool) =>
  createMiddleware(async (_, next) => {
    if (places.isSpent()) {
      throw busy()
    }
    await next()
  })

/** Gives the request a place until it is answered. Throws `busy`. */
export const takePlace = (places: Pool) =>
  createMiddleware<PlaceEnv>(async (c, next) => {
    const place = places.share()
    if (!place.take(1)) {
      throw busy()
    }
    c.set('place', place)
    await next()
    c.get('place')?.free()
  })
