import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { matchedRoutes } from 'hono/route'
import { causes, ServiceError } from '../errors.ts'
import type { HttpEnv, Release } from './request.ts'

/**
 * Writes one line of JSON for each request, with the listed fields only: no URL, header, body or
 * error message, because each can contain a name, an email or a connection string. The line still
 * tells who did what to which row.
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
        ...idsOf(c),
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

/**
 * The ids that the path names, each in one spelling and under its name there, such as `id` and
 * `userId`. `id` is also what was created at a path that names none.
 */
function idsOf(c: Context): Record<string, number | string> {
  const [created] = createdId.exec(c.res.headers.get('Location') ?? '') ?? []
  const named = Object.entries({ ...(created && { id: created }), ...c.req.param() })

  return Object.fromEntries(
    named.flatMap(([name, value]) => {
      const id = number.test(value) ? Number(value) : uuid.exec(value)?.[0].toLowerCase()
      return id !== undefined && /^id$|Id$/.test(name) ? [[name, id]] : []
    }),
  )
}

const number = /^[1-9]\d{0,15}$/
const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i
const createdId = /(?<=\/)[\w-]+$/

/** The first that is not middleware. */
const routeOf = (c: Context) => matchedRoutes(c).find(({ path }) => !path.endsWith('*'))?.path

/** Writes one more line when an answer breaks off after a good beginning. */
export function logBreak(c: Context<HttpEnv>, error: unknown): void {
  // The driver may have wrapped it.
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

/** A failed statement by its SQLSTATE and constraint, any other error by its class and place. */
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

/** The first frame of the stack. The lines before it are the message, which must not be logged. */
const placeOf = ({ stack = '', message }: Error) =>
  stack.includes(message)
    ? stack
        .slice(stack.indexOf(message) + message.length)
        .match(/^\s*at .*$/m)?.[0]
        .trim()
    : undefined
