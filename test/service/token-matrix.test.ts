// Takes over ten seconds: every route, with every kind of token.

import { exportSPKI } from 'jose'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { scopes } from '../../src/resources.ts'
import {
  all,
  bearer,
  expectRefusal,
  guarded,
  matrixTest,
  missing,
  readsOfRow,
  unrouted,
  withAuthorization,
} from '../support/auth-matrix.ts'
import { audience, type Issuer, startIssuer } from '../support/issuer.ts'

let issuer: Issuer
beforeAll(async () => {
  issuer = await startIssuer()
})
afterAll(() => issuer.stop())

const test = matrixTest(async () => ({ OIDC_ISSUER: issuer.url, OIDC_AUDIENCE: audience }))

const now = () => Math.floor(Date.now() / 1_000)
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const grants = scopes.join(' ')

/** Everything that is answered with 401. */
const badTokens: Record<string, (issuer: Issuer) => string | Promise<string>> = {
  'a token of 17 KiB': async (issuer) =>
    bearer(await issuer.sign(grants, { groups: ['x'.repeat(12 * 1024)] })),
  'a key and a token': async (issuer) => `${bearer(all.key)}, ${bearer(await issuer.sign(grants))}`,
  'alg: none': ({ url }) =>
    bearer(
      `${part({ alg: 'none' })}.${part({ iss: url, aud: audience, sub: 'x', exp: now() + 300, scope: grants })}.`,
    ),
  'alg: none with a signature': async (issuer) => {
    const [, payload, signature] = (await issuer.sign(grants)).split('.')
    return bearer(`${part({ alg: 'none', kid: issuer.key().kid })}.${payload}.${signature}`)
  },
  'HS256 with the public key': async (issuer) => {
    const secret = new TextEncoder().encode(await exportSPKI(issuer.key().publicKey))
    return bearer(await issuer.sign(grants, {}, { alg: 'HS256' }, secret))
  },
  'another algorithm than that of the key': async (issuer) => {
    const [, payload, signature] = (await issuer.sign(grants)).split('.')
    return bearer(`${part({ alg: 'RS256', kid: issuer.key().kid })}.${payload}.${signature}`)
  },
  'a token of another issuer': async () => {
    const other = await startIssuer()
    await other.stop()
    return bearer(await other.sign(grants))
  },
  'a token by another key': async (issuer) => {
    const other = await startIssuer()
    await other.stop()
    return bearer(await issuer.sign(grants, {}, {}, other.key().privateKey))
  },
  'a token that names its own key': async (issuer) => {
    const other = await startIssuer()
    await other.stop()
    const jwk = await crypto.subtle.exportKey('jwk', other.key().publicKey)
    return bearer(await issuer.sign(grants, {}, { jwk }, other.key().privateKey))
  },
  'a token with an unknown key': async (issuer) =>
    bearer(await issuer.sign(grants, {}, { kid: 'unknown' })),
  'the wrong issuer': async (issuer) =>
    bearer(await issuer.sign(grants, { iss: `${issuer.url}/` })),
  'the wrong audience': async (issuer) =>
    bearer(await issuer.sign(grants, { aud: 'https://other.example.com' })),
  'no audience': async (issuer) => bearer(await issuer.sign(grants, { aud: undefined })),
  'an expired token': async (issuer) => bearer(await issuer.sign(grants, { exp: now() - 90 })),
  'a token for later': async (issuer) => bearer(await issuer.sign(grants, { nbf: now() + 90 })),
  'a token for ever': async (issuer) => bearer(await issuer.sign(grants, { exp: undefined })),
  'a token of nobody': async (issuer) => bearer(await issuer.sign(grants, { sub: undefined })),
  'an ID token': async (issuer) => bearer(await issuer.sign(grants, { nonce: 'n' })),
  'an ID token of Cognito': async (issuer) =>
    bearer(await issuer.sign(grants, { token_use: 'id' })),
  'an ID token of Keycloak': async (issuer) => bearer(await issuer.sign(grants, { typ: 'ID' })),
  'an ID token of Entra': async (issuer) =>
    bearer(await issuer.sign('', { scope: undefined, tid: 't', roles: [...scopes] })),
  'a logout token': async (issuer) => bearer(await issuer.sign(grants, {}, { typ: 'logout+jwt' })),
  'a client in place of the audience': async (issuer) =>
    bearer(await issuer.sign(grants, { aud: undefined, client_id: audience, token_use: 'access' })),
  'a token that was cut off': async (issuer) => bearer((await issuer.sign(grants)).slice(0, -4)),
  'a token that was changed': async (issuer) => {
    const [header, , signature] = (await issuer.sign('')).split('.')
    return bearer(`${header}.${part({ scope: grants })}.${signature}`)
  },
}

/** What is answered with 403 for a route that needs the scope. */
const poorTokens: Record<string, (scope: string, issuer: Issuer) => Promise<string>> = {
  'a token': async (scope, issuer) =>
    bearer(await issuer.sign(scopes.filter((each) => each !== scope).join(' '))),
  'a token of a user who has the role': async (scope, issuer) =>
    bearer(
      await issuer.sign('', { scope: undefined, scp: 'openid', roles: [scope], idtyp: 'user' }),
    ),
  'a token for another resource': async (scope, issuer) =>
    bearer(await issuer.sign(`https://other.example.com/${scope} other/${scope}`)),
  'a token of no scope': async (_, issuer) => bearer(await issuer.sign('', { scope: undefined })),
}

/** What is not refused for a route that needs the scope. */
const goodTokens: Record<string, (scope: string, issuer: Issuer) => Promise<string>> = {
  'a token': (scope, issuer) => issuer.sign(scope),
  'a token that names the audience before its scopes': (scope, issuer) =>
    issuer.sign(`openid ${audience}/${scope}`),
  'a token of an application of Entra': (scope, issuer) =>
    issuer.sign('', { scope: undefined, roles: [scope], idtyp: 'app' }),
}

describe('every method of every path that the contract guards', () => {
  test.for(Object.entries(badTokens))(
    'answers 401 to %s, whether the row exists or not',
    { tags: ['slow'] },
    async ([, make], { service, existing }) => {
      const headers = withAuthorization(await make(issuer))

      for (const each of [...guarded, ...unrouted]) {
        await expectRefusal({ service, existing }, each, headers, 401)
      }
    },
  )

  test.for(Object.entries(badTokens))(
    'answers 401 to a read of a row with %s, whether it exists or not',
    async ([, make], { service, existing }) => {
      const headers = withAuthorization(await make(issuer))

      for (const each of readsOfRow) {
        await expectRefusal({ service, existing }, each, headers, 401)
      }
    },
  )

  test.for(Object.entries(poorTokens))(
    'answers 403 to %s without its scope, whether the row exists or not',
    async ([, make], { service, existing }) => {
      for (const each of guarded) {
        const headers = withAuthorization(await make(each.scope, issuer))
        const { text } = await expectRefusal({ service, existing }, each, headers, 403)
        expect(text).toContain(each.method === 'HEAD' ? '' : `needs the scope ${each.scope}.`)
      }
    },
  )

  test.for(Object.entries(goodTokens))(
    'lets in %s with the scope that the contract names',
    async ([, make], { service }) => {
      for (const { method, template, scope } of guarded) {
        const headers = withAuthorization(bearer(await make(scope, issuer)))
        const { status } = await service.request(method, missing(template), undefined, headers)
        expect([401, 403], `${method} ${template}`).not.toContain(status)
      }
    },
  )
})
