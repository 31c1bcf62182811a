import type { Context } from 'hono'
import { allow } from '../http/auth.ts'
import { createRoutes } from '../http/router.ts'

/** The files that `scripts/build/site.ts` writes, by path. */
export type Assets = { fetch(request: Request): Promise<Response> }

const policy = (images: string, more: string) =>
  "default-src 'none'; base-uri 'none'; connect-src 'self'; font-src 'self'; form-action 'none'; " +
  `frame-ancestors 'none'; img-src ${images}; script-src 'self'; style-src 'self'${more}`

/** Swagger UI sets its styles by script and shows its icons as data URLs. It needs no more. */
const docsPolicy = policy("'self' data:", '')

/** The console, which shows what anybody has typed, makes no HTML of any text. */
const consolePolicy = policy("'self'", "; require-trusted-types-for 'script'; trusted-types 'none'")

/** What people read. The Worker names every file itself: nothing is found by guessing at paths. */
export const pageRoutes = (assets: Assets) => {
  const send = async (c: Context, path: string, contentSecurityPolicy = docsPolicy) => {
    const file = await assets.fetch(new Request(new URL(path, c.req.url), c.req.raw))
    if (file.status === 404) {
      return c.notFound()
    }
    const headers = new Headers(file.headers)
    headers.set('Content-Security-Policy', contentSecurityPolicy)
    return new Response(file.body, { status: file.status, headers })
  }

  return createRoutes()
    .get('/', allow('public'), (c) => c.redirect('/docs'))
    .get('/docs', allow('public'), (c) => send(c, '/docs.html'))
    .get('/docs/:file', allow('public'), (c) =>
      send(c, `/docs/${encodeURIComponent(c.req.param('file'))}`),
    )
    .get('/console', allow('public'), (c) => send(c, '/console.html', consolePolicy))
    .get('/console/:asset', allow('public'), (c) =>
      send(c, `/console/${encodeURIComponent(c.req.param('asset'))}`, consolePolicy),
    )
    .get('/openapi.json', allow('public'), (c) => send(c, '/openapi.json'))
    .get('/problems', allow('public'), (c) => send(c, '/problems.html'))
    .get('/problems/:code', allow('public'), (c) =>
      send(c, `/problems/${encodeURIComponent(c.req.param('code'))}.html`),
    )
}
