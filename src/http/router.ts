import { HonoBase } from 'hono/hono-base'
import type { Router } from 'hono/router'
import { RegExpRouter } from 'hono/router/reg-exp-router'
import type { HttpEnv } from './request.ts'

/**
 * The fastest of Hono's routers, twice: it takes no fixed path beside a parameter, as `/users/export`
 * stands beside `/users/:id`. A fixed path goes before a parameter, whatever the method.
 */
export function createRouter<Handler>(): Router<Handler> {
  const fixed = new RegExpRouter<Handler>()
  const withParameters = new RegExpRouter<Handler>()
  const fixedPaths = new Set<string>()

  return {
    name: 'FixedPathsFirst',
    add(method, path, handler) {
      const isMiddleware = path.endsWith('*')
      const isFixed = !(isMiddleware || path.includes('/:'))
      if (isFixed) {
        fixedPaths.add(path)
      }
      if (isFixed || isMiddleware) {
        fixed.add(method, path, handler)
      }
      if (!isFixed) {
        withParameters.add(method, path, handler)
      }
    },
    match: (method, path) => (fixedPaths.has(path) ? fixed : withParameters).match(method, path),
  }
}

/**
 * Hono without the routers that it comes with. Not strict: `/users/` is `/users`, as clients of the
 * Python recipe write it.
 */
export const createHono = () => new HonoBase<HttpEnv>({ strict: false, router: createRouter() })

/** Routes that another Hono takes over: nothing is matched here. */
export const createRoutes = () =>
  new HonoBase<HttpEnv>({
    router: { name: 'None', add: () => {}, match: () => [[]] },
  })
