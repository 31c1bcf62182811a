import { HonoBase } from 'hono/hono-base'
import { PatternRouter } from 'hono/router/pattern-router'
import type { HttpEnv } from './request.ts'

/** Routes match in the order in which they are mounted: mount a fixed path before a parameter. */
export const createRouter = <Handler>() => new PatternRouter<Handler>()

/**
 * Hono with its smallest router. That router takes `/users/`, as clients of the Python recipe write
 * it, for `/users`.
 */
export const createHono = () => new HonoBase<HttpEnv>({ router: createRouter() })

/** Routes for another Hono to mount: this one matches nothing itself. */
export const createRoutes = () =>
  new HonoBase<HttpEnv>({
    router: { name: 'None', add: () => {}, match: () => [[]] },
  })
