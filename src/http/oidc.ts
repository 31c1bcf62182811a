import {
  createRemoteJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose'
import * as z from 'zod/mini'
import { isSecureUrl } from '../config.ts'
import { ServiceError } from '../errors.ts'
import { isAccessToken, isForAudience, type OidcOptions, scopesOf } from './access-token.ts'
import { sha256 } from './api-keys.ts'
import type { Caller } from './request.ts'

const timeoutMs = 3_000

/** Between two requests for the keys: anybody can make up tokens that name an unknown key. */
const cooldownMs = 5_000

/** After a failure. It is shorter than the `Retry-After` that callers with a good token get. */
const restMs = 1_000

/**
 * How long to wait for a load by another request. If it takes longer, its request may have ended.
 */
const patienceMs = 1_000

const lookMs = 20

/** For the difference between the clocks of two machines. */
const toleranceS = 60

/**
 * Only asymmetric ones: otherwise whoever knows the public key could sign (RFC 8725 section 3.1).
 */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
]

const Discovery = z.object({
  issuer: z.string(),
  jwks_uri: z.string().check(z.refine(isSecureUrl)),
})

/**
 * Finds whose token this is. Nobody's, when it is not valid. The keys of the issuer are kept, and
 * fetched again when a token names an unknown one.
 *
 * Throws `identity-provider-unavailable`.
 */
export function createJwtCheck(options: OidcOptions) {
  const { issuer } = options
  let keys: ReturnType<typeof createRemoteJWKSet> | undefined
  let begunAt = 0
  let loadedAt = 0
  let failedAt = 0

  /** However many requests need the keys at once, only one of them asks the provider. */
  const load = async () => {
    // Polled, not awaited: workerd ties a promise to the request that made it.
    while (isSince(begunAt, patienceMs)) {
      await new Promise((resolve) => setTimeout(resolve, lookMs))
    }
    if (keys && isSince(loadedAt, cooldownMs)) {
      return keys
    }
    // Anybody can cause a failure. It must not cost the provider a request each time.
    if (isSince(failedAt, restMs)) {
      throw unavailable('no keys yet')
    }
    begunAt = Date.now()
    let next = keys
    try {
      next ??= createRemoteJWKSet(await discover(issuer), {
        timeoutDuration: timeoutMs,
        // Its own cooldown begins at the end of a load, so each of several tokens would begin one.
        cooldownDuration: Number.POSITIVE_INFINITY,
      })
      await next.reload()
      loadedAt = Date.now()
      keys = next
      return keys
    } catch {
      failedAt = Date.now()
      // The keys may have moved, so discovery starts again. Fresh ones are still used.
      keys = keys?.fresh ? keys : undefined
      throw unavailable(next ? 'no keys' : 'no discovery')
    } finally {
      begunAt = 0
    }
  }

  const getKeys: JWTVerifyGetKey = async (...token) => {
    const known = keys?.fresh ? keys : await load()
    return known(...token).catch(async (error: unknown) => {
      if (error instanceof errors.JWKSNoMatchingKey) {
        return (await load())(...token)
      }
      throw error
    })
  }

  return async (token: string): Promise<Caller | undefined> => {
    if (!isPlausible(token, options)) {
      return undefined
    }
    try {
      const { payload } = await jwtVerify(token, getKeys, {
        issuer,
        algorithms,
        requiredClaims: ['exp', 'sub'],
        clockTolerance: toleranceS,
      })
      return { name: await nameOf(payload), scopes: scopesOf(payload, options) }
    } catch (error) {
      if (isRefusal(error)) {
        return undefined
      }
      throw error instanceof ServiceError ? error : unavailable('no keys')
    }
  }
}

const isSince = (moment: number, ms: number) => Date.now() - moment < ms

const unavailable = (reason: string) =>
  new ServiceError(
    'identity-provider-unavailable',
    'The identity provider does not answer at the moment, so the token cannot be checked.',
    { reason },
  )

/**
 * Checks what a token says about itself, before its keys are needed: one that cannot be valid is
 * refused whether the issuer answers or not. What it says is then all that its signature covers.
 */
function isPlausible(token: string, options: OidcOptions): boolean {
  try {
    const header = decodeProtectedHeader(token)
    const claims = decodeJwt(token)
    const { iss, exp = 0, sub } = claims
    return (
      algorithms.includes(header.alg ?? '') &&
      isAccessToken(header, claims) &&
      iss === options.issuer &&
      isForAudience(claims, options) &&
      exp > Date.now() / 1_000 - toleranceS &&
      typeof sub === 'string' &&
      sub !== ''
    )
  } catch {
    return false
  }
}

/** Whether the token itself is wrong, and not the keys of its issuer. */
const isRefusal = (error: unknown) =>
  error instanceof errors.JOSEError && !(error instanceof errors.JWKSInvalid)

/** OpenID Connect Discovery 1.0 section 4. */
async function discover(issuer: string): Promise<URL> {
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const response = await fetch(address, {
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  })
  const { issuer: named, jwks_uri } = z.parse(Discovery, await response.json())
  if (named !== issuer) {
    throw new TypeError('The issuer calls itself otherwise.')
  }
  return new URL(jwks_uri)
}

/** A subject may be an email, so the log gets a hash, which is the same for the same subject. */
async function nameOf({ iss, sub }: JWTPayload): Promise<string> {
  const bytes = await sha256(JSON.stringify([iss, sub]))
  return `sub:${bytes.slice(0, 16).toHex()}`
}
