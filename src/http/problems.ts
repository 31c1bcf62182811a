import type { Context, ErrorHandler, NotFoundHandler } from 'hono'
import { causes, ServiceError } from '../errors.ts'
import { problems } from '../problem-statuses.ts'
import { patchTypes } from './patch-types.ts'
import { type HttpEnv, isSafe } from './request.ts'

/** In seconds: about what it takes to wake a suspended database, or to replace a primary. */
const retryAfter = { 'Retry-After': '2' }

/** Answers every error as a problem (RFC 9457) and leaves a record of it for the log. */
export const answerError: ErrorHandler<HttpEnv> = (error, c) => {
  const known = causes(error).find((cause) => cause instanceof ServiceError)

  c.set('cause', known ?? error)
  return answerProblem(c, known ? forMethod(known, c.req.method) : internalError())
}

export const answerNotFound: NotFoundHandler<HttpEnv> = (c) =>
  answerProblem(c, new ServiceError('not-found', 'There is nothing at this path.'))

export const answerMethodNotAllowed = (c: Context<HttpEnv>, methods: readonly string[]) => {
  const allow = [...methods, 'OPTIONS'].join(', ')

  if (c.req.method === 'OPTIONS') {
    c.set('problem', undefined)
    // RFC 5789 section 3.1.
    const patch = methods.includes('PATCH') && { 'Accept-Patch': patchTypes.join(', ') }
    return new Response(null, { status: 204, headers: { Allow: allow, ...patch } })
  }
  const detail = `This path answers ${allow} only.`
  return answerProblem(c, new ServiceError('method-not-allowed', detail), { Allow: allow })
}

function answerProblem(
  c: Context<HttpEnv>,
  error: ServiceError,
  headers: Record<string, string> = {},
) {
  const { status, title } = problems[error.code]
  const body = {
    type: `/problems/${error.code}`,
    title,
    status,
    detail: error.message,
    instance: c.get('requestId'),
    ...(error.faults.length > 0 && { errors: error.faults }),
  }

  c.set('problem', error.code)
  return c.body(JSON.stringify(body), status, {
    ...headers,
    ...error.headers,
    ...headersOf(error),
    'Content-Type': 'application/problem+json',
  })
}

/** Credentials: RFC 6750 section 3. What may succeed later: how many seconds to wait. */
function headersOf({ code, challenge }: ServiceError): Record<string, string> {
  switch (code) {
    case 'unauthenticated':
    case 'insufficient-scope':
      return { 'WWW-Authenticate': ['Bearer realm="users"', challenge ?? []].flat().join(', ') }
    case 'rate-limited':
      return { 'Retry-After': '60' }
    // About as long as one of the running requests takes.
    case 'busy':
    case 'too-many-searches':
      return { 'Retry-After': '1' }
    default:
      // A 503 means that nothing was done, and that it may succeed later.
      return problems[code].status === 503 ? retryAfter : {}
  }
}

/** A read changes nothing, so its outcome is never unknown. */
const forMethod = (error: ServiceError, method: string) =>
  error.code === 'outcome-unknown' && isSafe(method)
    ? new ServiceError('database-unavailable', 'The database did not answer in time.', {
        reason: error.reason ?? 'unknown',
      })
    : error

const internalError = () =>
  new ServiceError('internal-error', 'The service failed. The log tells why under this instance.')
