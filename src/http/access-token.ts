import type { JWTPayload, ProtectedHeaderParameters } from 'jose'
import { type Scope, scopes } from '../resources.ts'

/** The variables OIDC_… of `config.ts`. */
export type OidcOptions = {
  issuer: string
  /** What its tokens call this service. */
  audience: string
  /** What may stand before a scope; the audience when it is not given. */
  scopePrefix: string | undefined
  /** Whose tokens these are, where the address of the issuer does not tell. */
  provider: 'cognito' | undefined
}

/**
 * Whether a token is an access token, as far as providers mark their tokens. An issuer signs other
 * tokens with the same keys, and some of them have this service as their audience.
 */
export function isAccessToken(
  { typ = 'JWT' }: ProtectedHeaderParameters,
  claims: JWTPayload,
): boolean {
  const { typ: kind, token_use: use } = claims
  // RFC 9068 section 2.1, and what Okta makes of it.
  const isDeclared = /^(?:application\/)?(?:okta-internal-)?at\+jwt$/i.test(typ)
  // Keycloak: an ID token has `ID`, and a refresh token `Refresh` or `Offline`.
  const isBearer = /^(?:bearer|dpop)$/i.test(`${kind}`)

  return (
    (isDeclared || /^(?:application\/)?jwt$/i.test(typ)) &&
    (isBearer || kind === undefined || /^(?:at\+)?jwt$/i.test(`${kind}`)) &&
    // Cognito: an ID token has `id`.
    (use === undefined || use === 'access') &&
    // OpenID Connect Core section 2. Older versions of Keycloak write a `nonce` into every token.
    (isDeclared || isBearer || !has(claims, 'nonce')) &&
    !['at_hash', 'c_hash'].some((name) => has(claims, name)) &&
    // A logout token, or the notice of another event (RFC 8417 section 2.2).
    !has(claims, 'events') &&
    !isIdTokenOfEntra(claims)
  )
}

const has = (claims: JWTPayload, name: string) => claims[name] !== undefined

/** It may have no other mark: an access token of Entra names its client, and a user's has `scp`. */
const isIdTokenOfEntra = (claims: JWTPayload) =>
  has(claims, 'tid') && !['scp', 'azp', 'appid', 'idtyp'].some((name) => has(claims, name))

/** Whether a token is for this service. */
export function isForAudience(claims: JWTPayload, options: OidcOptions): boolean {
  const { aud, token_use, client_id } = claims
  // Cognito writes the client in place of an audience, unless the client asked for a resource.
  return aud === undefined && token_use === 'access' && isCognito(options)
    ? client_id === options.audience
    : [aud].flat().includes(options.audience)
}

const isCognito = ({ issuer, provider }: OidcOptions) =>
  provider === 'cognito' ||
  /^https:\/\/(?:issuer-)?cognito-idp\.[a-z\d-]+\.amazonaws\.com\//.test(issuer)

/**
 * `scope` of RFC 8693 section 4.2, and what Entra, Okta and Auth0 use instead. Only the first claim that
 * names a scope of ours counts: `permissions` is what the user may do, `scope` what was granted to this token.
 */
export function scopesOf(claims: JWTPayload, options: OidcOptions): Scope[] {
  const { audience, scopePrefix = audience } = options
  const prefix = /[/:.]$/.test(scopePrefix) ? scopePrefix : `${scopePrefix}/`
  const { scope, scp, permissions } = claims

  return (
    [scope, scp, permissions, rolesOf(claims)]
      .map((claim) =>
        (typeof claim === 'string' ? claim.split(' ') : [claim].flat()).flatMap((name) =>
          scopes.filter((each) => name === each || name === prefix + each),
        ),
      )
      .find((granted) => granted.length > 0) ?? []
  )
}

/**
 * Entra writes into `roles` what an administrator granted to an application. In the token of a user
 * they are the roles of the user, and `scp` is what was granted. Only an application has its `oid`
 * as its `sub`.
 */
const rolesOf = ({ roles, scp, idtyp, oid, sub }: JWTPayload) =>
  scp === undefined && (idtyp === 'app' || (idtyp === undefined && oid === sub)) ? roles : undefined
