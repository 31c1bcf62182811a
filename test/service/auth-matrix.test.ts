// Takes over ten seconds: every route, with every kind of credential.

import { exportSPKI } from 'jose'
import { test as base, describe, expect, inject } from 'vitest'
import { createApp } from '../../src/app.ts'
import { createDatabase } from '../../src/db/client.ts'
import { openapi } from '../../src/openapi.ts'
import { type Scope, scopes } from '../../src/resources.ts'
import { cloneDatabase } from '../support/database.ts'
import { insertPeople } from '../support/insert-people.ts'
import { audience, type Issuer, startIssuer } from '../support/issuer.ts'
import { acceptKeys, dayFromNow, testKey } from '../support/keys.ts'
import { type Answer, type Service, startService } from '../support/service.ts'
import { asWorker } from '../support/worker-role.ts'

const all = testKey('all')
const expired = testKey('expired', undefined, dayFromNow(-1))
const revoked = testKey('revoked')
const keyWithout = {
  'users:read': testKey('no-reading', ['users:write', 'users:export']),
  'users:write': testKey('no-writing', ['users:read', 'users:export']),
  'users:export': testKey('no-bulk', ['users:read', 'users:write']),
}

const keyWith = {
  'users:read': testKey('reading', ['users:read']),
  'users:write': testKey('writing', ['users:write']),
  'users:export': testKey('bulk', ['users:export']),
}

const test = base
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('issuer', { scope: 'file' }, async ({}, { onCleanup }) => {
    const issuer = await startIssuer()
    onCleanup(() => issuer.stop())
    return issuer
  })
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('database', { scope: 'file' }, async ({}, { onCleanup }) => {
    const database = await cloneDatabase(inject('postgresUrl'), inject('templateUrl'))
    onCleanup(() => database.drop())
    await insertPeople(database, 1)
    return database
  })
  .extend('service', { scope: 'file' }, async ({ database, issuer }, { onCleanup }) => {
    const service = await startService(inject('workerDir'), {
      DATABASE_URL: asWorker(database.url),
      NEON_ENDPOINT: inject('endpointUrl'),
      ...acceptKeys(all, expired, ...Object.values(keyWithout), ...Object.values(keyWith)),
      OIDC_ISSUER: issuer.url,
      OIDC_AUDIENCE: audience,
    })
    onCleanup(() => service.close())
    return service
  })

const { routes } = createApp({
  config: { DATABASE_URL: '', AUTH: 'open' },
  db: createDatabase({ url: 'postgresql://user@localhost/none' }),
  release: { version: '0', versionId: '0' },
  migrations: [{ tag: '0000_none', when: 0 }],
  assets: { fetch },
  limits: {},
})

/** Every route that is not public, with a user that exists and one that does not. */
const guarded = [
  ...new Set(
    routes
      .filter(({ method, path }) => method !== 'ALL' && path.startsWith('/users'))
      .map(({ method, path }) => `${method} ${path}`),
  ),
]
  .map((route) => route.split(' ') as [string, string])
  .flatMap(([method, path]) => [
    ...(method === 'GET' ? [{ method: 'HEAD', path }] : []),
    { method, path },
  ])

/** And the methods that the same paths do not have. */
const unrouted = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND']
  .flatMap((method) =>
    ['/users', '/users/:id', '/users/import', '/users/export', '/users/:id/friends'].map(
      (path) => ({
        method,
        path,
      }),
    ),
  )
  .filter(
    ({ method, path }) => !guarded.some((each) => each.method === method && each.path === path),
  )

/** As the contract has it. */
function scopeOf({ method, path }: { method: string; path: string }): Scope {
  const operations = Object(openapi.paths[path.replace(':id', '{id}')])
  const { security } = operations[method === 'HEAD' ? 'get' : method.toLowerCase()]
  return security[0].bearer[0]
}

const existing = (path: string) => path.replace(':id', '1')
const missing = (path: string) => path.replace(':id', '4711')

/** All of an answer that does not name the request. */
const gist = ({ status, headers, text }: Answer) => ({
  status,
  headers: [...headers].filter(
    ([name]) => !['date', 'server-timing', 'x-request-id'].includes(name),
  ),
  text: text.replace(/"instance":"[^"]+"/, ''),
})

const bearer = (token: string) => `Bearer ${token}`
const now = () => Math.floor(Date.now() / 1_000)
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const grants = scopes.join(' ')

/** Everything that is answered with 401. */
const badCredentials: Record<string, (issuer: Issuer) => string | undefined | Promise<string>> = {
  'no credential': () => undefined,
  'an empty header': () => '',
  'another scheme': () => `Basic ${Buffer.from(`all:${all.key}`).toString('base64')}`,
  'a key without its scheme': () => all.key,
  'a scheme without a key': () => 'Bearer',
  'an unknown key': () => bearer(testKey('unknown').key),
  'a revoked key': () => bearer(revoked.key),
  'an expired key': () => bearer(expired.key),
  'the digest of a key': () => bearer(all.entry.digest),
  'the name of a key': () => bearer('all'),
  'a key that was cut off': () => bearer(all.key.slice(0, -1)),
  'a key with a letter more': () => bearer(`${all.key}0`),
  'a key in other case': () => bearer(all.key.toUpperCase()),
  'a key with bytes that no key has': () => bearer(`${all.key}\u00ff`),
  'a key in quotes': () => bearer(`"${all.key}"`),
  'a credential of 17 KiB': () => bearer(all.key.padEnd(17 * 1024, 'x')),
  'a key before 15 KiB of equals signs': () => bearer(all.key.padEnd(15 * 1024, '=')),
  'a token of 17 KiB': async (issuer) =>
    bearer(await issuer.sign(grants, { groups: ['x'.repeat(12 * 1024)] })),
  'two keys': () => `${bearer(all.key)}, ${bearer(all.key)}`,
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
  'an expired token': async (issuer) => bearer(await issuer.sign(grants, { exp: now() - 60 })),
  'a token for later': async (issuer) => bearer(await issuer.sign(grants, { nbf: now() + 60 })),
  'a token for ever': async (issuer) => bearer(await issuer.sign(grants, { exp: undefined })),
  'a token of nobody': async (issuer) => bearer(await issuer.sign(grants, { sub: undefined })),
  'a token that was cut off': async (issuer) => bearer((await issuer.sign(grants)).slice(0, -4)),
  'a token that was changed': async (issuer) => {
    const [header, , signature] = (await issuer.sign('')).split('.')
    return bearer(`${header}.${part({ scope: grants })}.${signature}`)
  },
  'three words with dots between': () => bearer('a.b.c'),
}

/** What is answered with 403 for a route that needs the scope. */
const poorCredentials: Record<string, (scope: Scope, issuer: Issuer) => string | Promise<string>> =
  {
    'a key': (scope) => bearer(keyWithout[scope].key),
    'a token': async (scope, issuer) =>
      bearer(await issuer.sign(scopes.filter((each) => each !== scope).join(' '))),
    'a token of no scope': async (_, issuer) => bearer(await issuer.sign('', { scope: undefined })),
  }

const withAuthorization = (value: string | undefined): Record<string, string> =>
  value === undefined ? {} : { Authorization: value }

async function expectRefusal(
  service: Service,
  { method, path }: { method: string; path: string },
  headers: Record<string, string>,
): Promise<void> {
  const [one, other] = await Promise.all(
    [existing(path), missing(path)].map((each) =>
      service.request(method, each, undefined, headers),
    ),
  )
  expect(one?.status, `${method} ${path}`).toBe(401)
  expect(one && gist(one)).toEqual(other && gist(other))
}

describe('every method of every path under /users', () => {
  test('is known to this test', () => {
    expect(guarded.length).toBeGreaterThanOrEqual(11)
    expect(unrouted.length).toBeGreaterThan(20)
  })

  test.for(Object.entries(badCredentials))(
    'answers 401 to %s, whether the user exists or not',
    { tags: ['slow'] },
    async ([, make], { service, issuer }) => {
      const headers = withAuthorization(await make(issuer))

      for (const each of [...guarded, ...unrouted]) {
        await expectRefusal(service, each, headers)
      }
    },
  )

  test('answers 401 without a credential, whether the user exists or not', async ({ service }) => {
    for (const each of [...guarded, ...unrouted]) {
      await expectRefusal(service, each, {})
    }
  })

  test.for(Object.entries(badCredentials))(
    'answers 401 to a read of a user with %s, whether it exists or not',
    async ([, make], { service, issuer }) => {
      const headers = withAuthorization(await make(issuer))

      await expectRefusal(service, { method: 'GET', path: '/users/:id' }, headers)
    },
  )

  test.for(Object.entries(poorCredentials))(
    'answers 403 to %s without its scope, whether the user exists or not',
    async ([, make], { service, issuer }) => {
      for (const { method, path } of guarded) {
        const scope = scopeOf({ method, path })
        const headers = withAuthorization(await make(scope, issuer))
        const [one, other] = await Promise.all(
          [existing(path), missing(path)].map((each) =>
            service.request(method, each, undefined, headers),
          ),
        )
        expect(one?.status, `${method} ${path}`).toBe(403)
        expect(one && gist(one)).toEqual(other && gist(other))
        expect(one?.text ?? '').toContain(method === 'HEAD' ? '' : `needs the scope ${scope}.`)
      }
    },
  )

  test('lets in who has the scope that the contract names', async ({ service, issuer }) => {
    for (const { method, path } of guarded) {
      const scope = scopeOf({ method, path })
      for (const headers of [
        keyWith[scope].headers,
        withAuthorization(bearer(await issuer.sign(scope))),
      ]) {
        const { status } = await service.request(method, missing(path), undefined, headers)
        expect([401, 403], `${method} ${path}`).not.toContain(status)
      }
    }
  })
})
