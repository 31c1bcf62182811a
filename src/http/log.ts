import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { matchedRoutes } from 'hono/route'
import { causes, ServiceError } from '../errors.ts'
import type { HttpEnv, Release } from './request.ts'

/**
 * One JSON line a request, made of listed fields only: no URL, header, body or error message, each
 * of which can hold a name, an email or a connection string. Who did what to which user has an answer.
 */
export const logRequest = (release: Release) =>
  createMiddleware<HttpEnv>(async (c, next) => {
    const start = Date.now()
    await next()

    const cause = c.get('cause')
    console.log(
      JSON.stringify({
        requestId: c.get('requestId'),
        method: c.req.method,
        route: routeOf(c),
        id: idOf(c),
        caller: c.get('caller')?.name,
        status: c.res.status,
        problem: c.get('problem'),
        ms: Date.now() - start,
        ...c.get('database'),
        ...release,
        ...(cause && describe(cause)),
      }),
    )
  })

/** Of what the path names, however it is written, or of what was created. */
const idOf = (c: Context): number | string | undefined => {
  const [id = ''] = createdId.exec(c.res.headers.get('Location') ?? '') ?? [c.req.param('id')]
  return number.test(id) ? Number(id) : uuid.exec(id)?.[0].toLowerCase()
}

const number = /^[1-9]\d{0,15}$/
const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i
const createdId = /(?<=\/)[\w-]+$/

/** The first that is not middleware. */
const routeOf = (c: Context) => matchedRoutes(c).find(({ path }) => !path.endsWith('*'))?.path

/** One more line, for an answer that began well. */
export function logBreak(c: Context<HttpEnv>, error: unknown): void {
  // Beneath what the driver made of it.
  const known = causes(error).find((cause) => cause instanceof ServiceError) ?? error
  console.log(
    JSON.stringify({
      requestId: c.get('requestId'),
      method: c.req.method,
      route: routeOf(c),
      brokeOff: true,
      ...(known instanceof Error && describe(known)),
    }),
  )
}

/** Of a failed statement SQLSTATE and constraint, of any other surprise its class and place. */
function describe(error: Error) {
  if (error instanceof ServiceError) {
    return { reason: error.reason }
  }
  for (const cause of causes(error)) {
    if ('code' in cause && typeof cause.code === 'string' && 'constraint' in cause) {
      return { sqlState: cause.code, constraint: cause.constraint }
    }
  }
  return { error: error.name, at: placeOf(error) }
}

/** The first frame of the stack. The lines before it are the message, which stays inside. */
const placeOf = ({ stack = '', message }: Error) =>
  stack.includes(message)
    ? stack
        .slice(stack.indexOf(message) + message.length)
        .match(/^\s*at .*$/m)?.[0]
        .trim()
    : undefined
