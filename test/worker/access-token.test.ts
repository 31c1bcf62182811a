import { describe, expect, test } from 'vitest'
import { isAccessToken, isForAudience, scopesOf } from '../../src/http/access-token.ts'

const audience = 'https://users.example.com'
const issuer = 'https://issuer.example.com/'
const options = { issuer, audience, scopePrefix: undefined, provider: undefined }
const pool = 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_a'

type Claims = Record<string, unknown>

describe('isAccessToken', () => {
  test.for<[string, { typ?: string }, Claims]>([
    ['Auth0', { typ: 'at+jwt' }, { scope: 'users:read', azp: 'spa' }],
    ['Auth0 with its older profile', { typ: 'JWT' }, { scope: 'users:read', azp: 'spa' }],
    ['Entra for a user', { typ: 'JWT' }, { tid: 't', ver: '2.0', azp: 'spa', scp: 'users:read' }],
    ['Entra for an application', { typ: 'JWT' }, { tid: 't', appid: 'a', roles: ['users:read'] }],
    ['Okta', {}, { ver: 1, cid: 'spa', scp: ['users:read'] }],
    ['Okta with its own type', { typ: 'application/okta-internal-at+jwt' }, { scp: ['a'] }],
    ['Keycloak', { typ: 'JWT' }, { typ: 'Bearer', azp: 'spa', scope: 'users:read' }],
    ['Keycloak for a bound client', { typ: 'JWT' }, { typ: 'DPoP', scope: 'users:read' }],
    ['an old Keycloak', { typ: 'JWT' }, { typ: 'Bearer', nonce: 'n', scope: 'users:read' }],
    ['Cognito', {}, { token_use: 'access', client_id: 'app', scope: 'users-api/users:read' }],
    ['RFC 9068', { typ: 'application/at+JWT' }, { client_id: 'app', scope: 'users:read' }],
  ])('takes the access token of %s', ([, header, claims]) => {
    expect(isAccessToken(header, claims)).toBe(true)
  })

  test.for<[string, { typ?: string }, Claims]>([
    ['the ID token of any provider', { typ: 'JWT' }, { nonce: 'n' }],
    ['the ID token of a client that sent an empty nonce', {}, { nonce: '' }],
    ['an ID token beside an access token', {}, { at_hash: 'h' }],
    ['an ID token beside a code', {}, { c_hash: 'h' }],
    ['the ID token of Okta', {}, { ver: 1, amr: ['pwd'], at_hash: 'h' }],
    ['the ID token of Keycloak', { typ: 'JWT' }, { typ: 'ID', azp: 'spa' }],
    ['the refresh token of Keycloak', { typ: 'JWT' }, { typ: 'Refresh', scope: 'users:read' }],
    ['the offline token of Keycloak', { typ: 'JWT' }, { typ: 'Offline', scope: 'users:read' }],
    ['the ID token of Cognito', {}, { token_use: 'id', scope: 'users:read' }],
    ['the ID token of Entra', { typ: 'JWT' }, { tid: 't', ver: '2.0', roles: ['users:read'] }],
    ['a logout token', { typ: 'logout+jwt' }, { sub: 'ada' }],
    ['a logout token without a type', {}, { events: {} }],
    ['a security event', { typ: 'secevent+jwt' }, {}],
    ['an introspection', { typ: 'token-introspection+jwt' }, {}],
    ['a proof of a key', { typ: 'dpop+jwt' }, {}],
    ['a type that only holds one', { typ: 'x-at+jwt' }, {}],
    ['an ID token that has the hash of its access token too', { typ: 'at+jwt' }, { at_hash: 'h' }],
  ])('refuses %s', ([, header, claims]) => {
    expect(isAccessToken(header, claims)).toBe(false)
  })
})

describe('isForAudience', () => {
  const access = { token_use: 'access', client_id: audience }

  test.for<[string, Claims, object]>([
    ['the audience', { aud: audience }, {}],
    ['one of several', { aud: ['a', audience] }, {}],
    ['the client of Cognito', access, { issuer: pool }],
    ['the client of its second address', access, { issuer: pool.replace('cog', 'issuer-cog') }],
    ['the client of Cognito behind a name of ours', access, { provider: 'cognito' }],
    ['the resource of Cognito', { ...access, aud: audience, client_id: 'a' }, { issuer: pool }],
  ])('takes %s', ([, claims, given]) => {
    expect(isForAudience(claims, { ...options, ...given })).toBe(true)
  })

  test.for<[string, Claims, object]>([
    ['another audience', { aud: `${audience}/` }, {}],
    ['none', {}, { issuer: pool }],
    ['the client of any other provider', access, {}],
    ['another client', { ...access, client_id: 'a' }, { issuer: pool }],
    ['the client of a token of no use', { client_id: audience }, { issuer: pool }],
    ['the client of an ID token', { ...access, token_use: 'id' }, { issuer: pool }],
    ['the client beside another audience', { ...access, aud: 'a' }, { issuer: pool }],
    ['the client beside no audience', { ...access, aud: [] }, { issuer: pool }],
    ['a list of clients', { ...access, client_id: [audience] }, { issuer: pool }],
    ...[
      'https://cognito-idp.eu-central-1.amazonaws.com.example.com/a',
      'https://cognito-idp.example.com/.amazonaws.com/a',
      'https://a.cognito-idp.eu-central-1.amazonaws.com/a',
      'https://example.com/https://cognito-idp.eu-central-1.amazonaws.com/a',
    ].map((each): [string, Claims, object] => [`the client of ${each}`, access, { issuer: each }]),
  ])('refuses %s', ([, claims, given]) => {
    expect(isForAudience(claims, { ...options, ...given })).toBe(false)
  })
})

describe('scopesOf', () => {
  const app = { sub: 'o', oid: 'o' }

  test.for<[Claims, string | undefined, string[]]>([
    [{ scope: 'openid users:read users:write' }, undefined, ['users:read', 'users:write']],
    [{ scope: `${audience}/users:read` }, undefined, ['users:read']],
    [{ scope: `${audience}/users:read users:write` }, undefined, ['users:read', 'users:write']],
    [{ scope: 'users-api/users:read' }, 'users-api', ['users:read']],
    [{ scope: 'users-api/users:read' }, 'users-api/', ['users:read']],
    [{ scope: 'urn:api:users:read' }, 'urn:api:', ['users:read']],
    [{ scope: 'api.users:read' }, 'api.', ['users:read']],
    [{ scp: [`${audience}/users:read`] }, undefined, ['users:read']],
    [{ scope: 'users-api/users:read' }, undefined, []],
    [{ scope: `${audience}/users:read` }, 'users-api', []],
    [{ scope: 'other-api/users:read' }, 'users-api', []],
    [{ scope: `${audience}users:read ${audience}//users:read` }, undefined, []],
    [{ scope: 'USERS-API/users:read users-api/users:READ' }, 'users-api', []],
    [{ scope: 'users-api/users-api/users:read' }, 'users-api', []],
    [{ scope: '/users:read' }, '/', ['users:read']],
    [{ scope: ['users:read'] }, undefined, ['users:read']],
    [{ scope: { 'users:read': true } }, undefined, []],
    [{ roles: ['users:read'], idtyp: 'app' }, undefined, ['users:read']],
    [{ roles: ['users:read'], ...app }, undefined, ['users:read']],
    [{ roles: ['users:read'], sub: 's' }, undefined, []],
    [{ roles: ['users:read'], ...app, idtyp: 'user' }, undefined, []],
    [{ roles: ['users:read'], sub: 's', oid: 'o' }, undefined, []],
    [{ roles: ['users:read'], scp: 'access', idtyp: 'app' }, undefined, []],
    [{ roles: ['users:read'], scp: 'users:write', ...app }, undefined, ['users:write']],
  ])('%j before %s has %j', ([claims, scopePrefix, scopes]) => {
    expect(scopesOf(claims, { ...options, scopePrefix })).toEqual(scopes)
  })
})
