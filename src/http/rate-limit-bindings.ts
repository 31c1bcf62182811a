import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { ServiceError } from '../errors.ts'
import type { HttpEnv } from './request.ts'

/**
 * A rate limiting binding of the Workers runtime. How many it lets through stands in wrangler.toml.
 */
export type RateLimiter = { limit(options: { key: string }): Promise<{ success: boolean }> }

export type RateLimits = {
  /** Per caller, of all requests. */
  callers?: RateLimiter | undefined
  /** Per caller, of imports and exports. */
  bulk?: RateLimiter | undefined
  /** Per caller, of requests that may cost the database a pass over a whole table. */
  searches?: RateLimiter | undefined
  /** Per address, of invalid credentials and of readiness probes. */
  addresses?: RateLimiter | undefined
}

/** Counts one request. Throws `rate-limited`, to which `problems.ts` adds when to try again. */
export async function spend(
  c: Context<HttpEnv>,
  limiter: RateLimiter | undefined,
  key: string,
): Promise<void> {
  if (limiter && !(await hasRoom(c, limiter, key))) {
    throw new ServiceError('rate-limited', 'Too many requests. Wait a minute, then go on slower.')
  }
}

/**
 * When the binding fails, the request goes on: limits protect against too many requests, and do not
 * decide who may make them.
 */
async function hasRoom(c: Context<HttpEnv>, limiter: RateLimiter, key: string): Promise<boolean> {
  try {
    return (await limiter.limit({ key })).success
  } catch {
    console.log(JSON.stringify({ requestId: c.get('requestId'), rateLimit: 'failed' }))
    return true
  }
}

/** Logs one line at the start for each missing binding. */
export function logAbsent(limits: Record<keyof RateLimits, RateLimiter | undefined>): void {
  for (const [of, limiter] of Object.entries(limits)) {
    if (!limiter) {
      console.log(JSON.stringify({ rateLimit: 'absent', of }))
    }
  }
}

/**
 * Set by Cloudflare, not by the client. For IPv6 the /64 network, because one client has all of it.
 */
export function addressOf(c: Context): string {
  const address = c.req.header('CF-Connecting-IP') ?? 'unknown'
  if (!address.includes(':') || address.includes('.')) {
    return address
  }
  const [head = [], tail = []] = address
    .split('::')
    .map((half) => half.split(':').filter((group) => group !== ''))
  const zeros = Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0')
  return [...head, ...zeros, ...tail].slice(0, 4).join(':')
}

/** Counts all requests, or those for which `counts` is true. */
export const limitCaller = (limiter: RateLimiter | undefined, counts = (_c: Context) => true) =>
  createMiddleware<HttpEnv>(async (c, next) => {
    const caller = c.get('caller')
    // OPTIONS has no caller, and costs next to nothing.
    if (caller && counts(c)) {
      await spend(c, limiter, caller.name)
    }
    await next()
  })

/** Only searches and counts: any other page costs the same, however large the table. */
export const limitSearches = (limiter: RateLimiter | undefined, parameters = ['q', 'count']) =>
  limitCaller(limiter, (c) => parameters.some((name) => c.req.query(name) !== undefined))

export const limitAddress = (limiter: RateLimiter | undefined) =>
  createMiddleware<HttpEnv>(async (c, next) => {
    await spend(c, limiter, `probes ${addressOf(c)}`)
    await next()
  })
