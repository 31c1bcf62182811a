import { HonoBase } from 'hono/hono-base'
import { PatternRouter } from 'hono/router/pattern-router'
import type { HttpEnv } from './request.ts'

/** Who is mounted first goes first: a fixed path before a parameter. */
export const createRouter = <Handler>() => new PatternRouter<Handler>()

/**
 * Hono with the smallest of its routers. To it `/users/` is `/users`, as clients of the Python recipe
 * write it.
 */
export const createHono = () => new HonoBase<HttpEnv>({ router: createRouter() })

/** Routes that another Hono takes over: nothing is matched here. */
export const createRoutes = () =>
  new HonoBase<HttpEnv>({
    router: { name: 'None', add: () => {}, match: () => [[]] },
  })
