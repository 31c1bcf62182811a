import type { NotFoundHandler } from 'hono'
import type { RouterRoute } from 'hono/types'
import { answerMethodNotAllowed, answerNotFound } from './problems.ts'
import type { HttpEnv } from './request.ts'
import { createRouter } from './router.ts'

/**
 * Answers what no route has matched: 405 where the path has handlers for other methods (RFC 9110
 * section 15.5.6), else 404. Hono's own middleware for this brings another router, a hundredth of
 * the bundle.
 */
export function answerUnmatched(app: { routes: readonly RouterRoute[] }): NotFoundHandler<HttpEnv> {
  let methodsOf: ReturnType<typeof collectMethods> | undefined

  return (c) => {
    // Not earlier, because the routes are added later.
    methodsOf ??= collectMethods(app.routes)
    const methods = methodsOf.match('ALL', c.req.path)[0].flatMap(([each]) => each)

    return methods.length === 0 || methods.includes(c.req.method)
      ? answerNotFound(c)
      : answerMethodNotAllowed(c, methods)
  }
}

function collectMethods(routes: readonly RouterRoute[]) {
  const router = createRouter<string[]>()
  const own = routes.filter(({ method, path }) => method !== 'ALL' && !path.endsWith('*'))

  for (const [path, group] of Map.groupBy(own, (route) => route.path)) {
    const methods = group.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
    router.add('ALL', path, [...new Set(methods)])
  }
  return router
}
