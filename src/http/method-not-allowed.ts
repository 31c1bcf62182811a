import { createMiddleware } from 'hono/factory'
import type { RouterRoute } from 'hono/types'
import { answerMethodNotAllowed } from './problems.ts'
import type { HttpEnv } from './request.ts'
import { createRouter } from './router.ts'

/**
 * Answers 405 where a path has handlers for other methods alone (RFC 9110 section 15.5.6). As Hono's
 * middleware of this name, which brings a router of its own: a hundredth of the bundle.
 */
export function methodNotAllowed(app: { routes: readonly RouterRoute[] }) {
  let methodsOf: ReturnType<typeof collectMethods> | undefined

  return createMiddleware<HttpEnv>(async (c, next) => {
    await next()
    if (c.res.status !== 404 || c.error) {
      return
    }
    // Not before: the routes come after the middleware.
    methodsOf ??= collectMethods(app.routes)
    const methods = methodsOf.match('ALL', c.req.path)[0].flatMap(([each]) => each)
    if (methods.length > 0 && !methods.includes(c.req.method)) {
      // Hono puts the headers of the answer before under those of the next.
      c.res.headers.delete('Content-Length')
      c.res = answerMethodNotAllowed(c, methods)
    }
  })
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
