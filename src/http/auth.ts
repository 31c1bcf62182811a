import type { Context, MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { RouterRoute } from 'hono/types'
import type { Config } from '../config.ts'
import { describeRequest } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { type Scope, scopes } from '../resources.ts'
import { createKeyCheck } from './api-keys.ts'
import { createJwtCheck } from './oidc.ts'
import { addressOf, type RateLimits, spend } from './rate-limit-bindings.ts'
import type { Caller, HttpEnv } from './request.ts'

/** Whose credential this is, if anybody's. */
type CheckToken = (token: string) => Promise<Caller | undefined>

/** RFC 6750 section 2.1. Two credentials come joined by a comma, which no token has. */
const bearer = /^Bearer +([\w.~+/-]+=*)$/i

/** As `npm run keys:new` makes it. */
const keyShape = /^edgeusers_[\w-]{43}[0-9a-f]{8}$/

const jwtShape = /^[\w-]+\.[\w-]+\.[\w-]+$/

/**
 * A token with 200 groups, the most that Entra ID puts into one, has 11,166 characters. A token of
 * this maximum costs less than twice the CPU of one of 2 KiB (docs/performance.md), and Cloudflare
 * accepts 128 KB of headers.
 */
const maxTokenLength = 16 * 1024
const maxCredentialLength = 'Bearer '.length + maxTokenLength

/** The answer has only the methods of the path, and a browser sends no credential with it. */
const isPreflight = (c: Context) => c.req.method === 'OPTIONS'

/**
 * Finds the caller, before anything else of the request is read. Throws `unauthenticated`, which
 * `problems.ts` answers with a 401 and its challenge, `identity-provider-unavailable`, and
 * `rate-limited` for an address that fails too often.
 */
export function authenticate(config: Config, limits: RateLimits) {
  const checkToken = createTokenCheck(config)

  return createMiddleware<HttpEnv>(async (c, next) => {
    if (!isPreflight(c)) {
      const credential = c.req.header('Authorization') ?? ''
      const isReadable = credential.length <= maxCredentialLength
      const [, token = ''] = (isReadable && bearer.exec(credential)) || []
      const caller = await checkToken(token).catch(async (error: unknown) => {
        // Even this may have cost a request to the identity provider.
        await spend(c, limits.addresses, `credentials ${addressOf(c)}`)
        throw error
      })
      if (!caller) {
        await spend(c, limits.addresses, `credentials ${addressOf(c)}`)
        throw unauthenticated(credential)
      }
      c.set('caller', caller)
      describeRequest({ caller: caller.name })
    }
    await next()
  })
}

/**
 * Accepts API keys, and tokens of the identity provider. With AUTH=open everybody may do
 * everything.
 */
function createTokenCheck(config: Config): CheckToken {
  const { AUTH, API_KEYS, OIDC_ISSUER, OIDC_AUDIENCE } = config
  if (AUTH === 'open') {
    return async () => ({ name: 'anyone', scopes })
  }
  const checkKey = createKeyCheck(API_KEYS ?? [])
  const checkJwt =
    OIDC_ISSUER !== undefined && OIDC_AUDIENCE !== undefined
      ? createJwtCheck({
          issuer: OIDC_ISSUER,
          audience: OIDC_AUDIENCE,
          scopePrefix: config.OIDC_SCOPE_PREFIX,
          provider: config.OIDC_PROVIDER,
        })
      : undefined

  // A token that looks like neither a key nor a JWT is rejected without a lookup. Otherwise a
  // missing token could match an entry of API_KEYS that was made from an empty variable.
  return async (token) => {
    if (keyShape.test(token)) {
      return checkKey(token)
    }
    return jwtShape.test(token) ? checkJwt?.(token) : undefined
  }
}

/** The client must know whether the credential is missing or wrong: RFC 6750 section 3.1. */
function unauthenticated(credential: string): ServiceError {
  if (!/^Bearer(?: |$)/i.test(credential)) {
    return new ServiceError(
      'unauthenticated',
      'This path needs the header Authorization: Bearer, with an API key or an access token.',
    )
  }
  return new ServiceError(
    'unauthenticated',
    credential.length <= maxCredentialLength
      ? 'The credential is not valid, or not any more.'
      : `The credential is longer than ${maxTokenLength} characters, which is the most.`,
    { challenge: 'error="invalid_token"' },
  )
}

/** A request whose credential was checked. */
export type Calling = { get(name: 'caller'): Caller | undefined }

/** The owner of the idempotency keys. */
export const callerOf = (c: Calling): string => c.get('caller')?.name ?? 'anyone'

/** What the caller may do, without what is no scope of ours. */
export const scopesOf = (c: Calling): Scope[] =>
  scopes.filter((scope) => c.get('caller')?.scopes.includes(scope))

/** `known` is any credential. */
export type Guarded = Scope | 'known' | 'public'

const guards = new WeakMap<object, Guarded>()

/** What `allow` was called with to make this guard, for the contract. */
export const guardedBy = (handler: object): Guarded | undefined => guards.get(handler)

/** Throws `insufficient-scope` when the caller has none of the scopes. */
export function demandScope(c: Calling, scope: Scope, ...others: readonly Scope[]): void {
  if (![scope, ...others].some((each) => c.get('caller')?.scopes.includes(each))) {
    throw new ServiceError('insufficient-scope', `This request needs the scope ${scope}.`, {
      challenge: `error="insufficient_scope", scope="${scope}"`,
    })
  }
}

/**
 * Checks that the caller has the scope, or with `known` that there is one. A route begins with it. One that
 * needs another scope for some requests names it behind, and calls `demandScope` when it knows. Throws
 * `insufficient-scope`, and `unauthenticated` where nobody was asked for a credential.
 */
export function allow(scope: Guarded, ...others: readonly Scope[]): MiddlewareHandler<HttpEnv> {
  const guard = createMiddleware<HttpEnv>((c, next) => {
    if (scope === 'public' || isPreflight(c)) {
      return next()
    }
    if (scope !== 'known') {
      demandScope(c, scope, ...others)
    } else if (!c.get('caller')) {
      throw unauthenticated('')
    }
    return next()
  })
  guards.set(guard, scope)
  return guard
}

/** Throws TypeError for a route without `allow`, so that the Worker does not start. */
export function demandGuards(routes: readonly RouterRoute[]): void {
  const begun = new Set<string>()

  for (const { method, path, handler } of routes) {
    const name = `${method} ${path}`
    // Middleware has a parameter `next`. `.all('/*', (c) => …)` has none, and so is a route.
    const isMiddleware = method === 'ALL' && path.endsWith('*') && handler.length > 1
    if (guards.has(handler)) {
      begun.add(name)
    } else if (!(isMiddleware || begun.has(name))) {
      throw new TypeError(`${name} does not say who may call it: begin it with allow().`)
    }
  }
}
