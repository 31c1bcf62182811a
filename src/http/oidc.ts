import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose'
import * as z from 'zod/mini'
import { isSecureUrl } from '../config.ts'
import { ServiceError } from '../errors.ts'
import { sha256 } from './api-keys.ts'
import type { Caller } from './request.ts'

export type OidcOptions = { issuer: string; audience: string }

const timeoutMs = 3_000

/** Of two requests for the keys: whoever likes can make up tokens that name one which is not there. */
const cooldownMs = 5_000

/** Asymmetric ones alone: with another, whoever knows the public key could sign (RFC 8725 section 3.1). */
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
 * Whose token this is; nobody's when it is not valid. The keys of the issuer are kept, and asked for
 * anew when a token names one that is not there.
 *
 * Throws `identity-provider-unavailable`.
 */
export function createJwtCheck({ issuer, audience }: OidcOptions) {
  let keys: ReturnType<typeof createRemoteJWKSet> | undefined
  const getKeys: JWTVerifyGetKey = async (...token) => {
    // The outcome is kept, never the promise: workerd ties a promise to the request it is of.
    keys ??= createRemoteJWKSet(await discover(issuer), {
      timeoutDuration: timeoutMs,
      cooldownDuration: cooldownMs,
    })
    return keys(...token)
  }

  return async (token: string): Promise<Caller | undefined> => {
    try {
      const { payload } = await jwtVerify(token, getKeys, {
        issuer,
        audience,
        algorithms,
        requiredClaims: ['exp', 'sub'],
        clockTolerance: 5,
      })
      return { name: await nameOf(payload), scopes: scopesOf(payload) }
    } catch (error) {
      if (isRefusal(error)) {
        return undefined
      }
      const reason = keys ? 'no keys' : 'no discovery'
      // They may stand elsewhere by now. Those that are still fresh go on to serve.
      keys = keys?.fresh ? keys : undefined
      throw new ServiceError(
        'identity-provider-unavailable',
        'The identity provider does not answer at the moment, so the token cannot be checked.',
        { reason },
      )
    }
  }
}

/** What is wrong with the token itself, and not with the way to its issuer's keys. */
const isRefusal = (error: unknown) =>
  error instanceof errors.JOSEError &&
  !(error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) &&
  error.code !== 'ERR_JOSE_GENERIC'

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

/** A subject may be an email: the log gets a hash, by which the same one is the same. */
async function nameOf({ iss, sub }: JWTPayload): Promise<string> {
  const bytes = await sha256(JSON.stringify([iss, sub]))
  return `sub:${bytes.slice(0, 16).toHex()}`
}

/** RFC 8693 section 4.2, and what Azure and Auth0 have in its place. */
function scopesOf({ scope, scp, permissions }: JWTPayload): string[] {
  return [scope, scp, permissions]
    .flatMap((claim) => (typeof claim === 'string' ? claim.split(' ') : claim))
    .filter((each) => typeof each === 'string')
}
