// Takes over ten seconds: every route, with every kind of credential.

import { exportSPKI } from 'jose'
import { test as base, describe, expect, inject } from 'vitest'
import { type Scope, scopes } from '../../src/resources.ts'
import { guardedOperations, scopeOf } from '../support/contract.ts'
import { cloneDatabase } from '../support/database.ts'
import { audience, type Issuer, startIssuer } from '../support/issuer.ts'
import { acceptKeys, dayFromNow, testKey } from '../support/keys.ts'
import { isOfRow } from '../support/samples/collections.ts'
import { createSampler } from '../support/samples/sampler.ts'
import { type Answer, type Service, startService } from '../support/service.ts'
import { asWorker } from '../support/worker-role.ts'

const all = testKey('all')
const expired = testKey('expired', undefined, dayFromNow(-1))
const revoked = testKey('revoked')

const keyWithout = forEachScope((scope) =>
  testKey(
    `without-${scope.replace(':', '-')}`,
    scopes.filter((each) => each !== scope),
  ),
)
const keyWith = forEachScope((scope) => testKey(`with-${scope.replace(':', '-')}`, [scope]))

function forEachScope<Value>(make: (scope: Scope) => Value): ReadonlyMap<string, Value> {
  return new Map(scopes.map((scope) => [scope, make(scope)]))
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
    return database
  })
  .extend('service', { scope: 'file' }, async ({ database, issuer }, { onCleanup }) => {
    const service = await startService(inject('workerDir'), {
      DATABASE_URL: asWorker(database.url),
      NEON_ENDPOINT: inject('endpointUrl'),
      ...acceptKeys(all, expired, ...keyWithout.values(), ...keyWith.values()),
      OIDC_ISSUER: issuer.url,
      OIDC_AUDIENCE: audience,
    })
    onCleanup(() => service.close())
    return service
  })
  /** The same paths of rows that are there. */
  .extend('existing', { scope: 'file' }, async ({ service }) => {
    const sampler = createSampler((method, path, body, headers) =>
      service.request(method, path, body, { ...headers, ...all.headers }),
    )
    const paths = new Map<string, string>()
    for (const { template } of guardedOperations) {
      if (!paths.has(template)) {
        const path = await sampler.pathOf(template)
        paths.set(template, path)
        paths.set(`${template}/nowhere`, `${path}/nowhere`)
      }
    }
    return paths
  })

type Route = { method: string; template: string }

/** Every operation that is not public. */
const guarded = guardedOperations.flatMap(({ method, template, operation }) => {
  const scope = `${scopeOf(operation)}`
  return [
    ...(method === 'GET' ? [{ method: 'HEAD', template, scope }] : []),
    { method, template, scope },
  ]
})

const templates = [...new Set(guarded.map(({ template }) => template))]

/** And the methods that the same paths do not have, and paths below them that nobody serves. */
const unrouted: Route[] = [
  ...templates,
  ...templates.filter(isOfRow).map((template) => `${template}/nowhere`),
].flatMap((template) =>
  ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND']
    .filter(
      (method) => !guarded.some((each) => each.method === method && each.template === template),
    )
    .map((method) => ({ method, template })),
)

const missing = (template: string) => template.replaceAll(/\{\w+\}/g, '4711')

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
const poorCredentials: Record<string, (scope: string, issuer: Issuer) => string | Promise<string>> =
  {
    'a key': (scope) => bearer(`${keyWithout.get(scope)?.key}`),
    'a token': async (scope, issuer) =>
      bearer(await issuer.sign(scopes.filter((each) => each !== scope).join(' '))),
    'a token of no scope': async (_, issuer) => bearer(await issuer.sign('', { scope: undefined })),
  }

const withAuthorization = (value: string | undefined): Record<string, string> =>
  value === undefined ? {} : { Authorization: value }

type Matrix = { service: Service; existing: ReadonlyMap<string, string> }

/** The same answer for what exists and for what does not. */
async function expectRefusal(
  { service, existing }: Matrix,
  { method, template }: Route,
  headers: Record<string, string>,
  status: number,
): Promise<Answer> {
  const [one, other] = await Promise.all([
    service.request(method, `${existing.get(template)}`, undefined, headers),
    service.request(method, missing(template), undefined, headers),
  ])
  expect(one.status, `${method} ${template}`).toBe(status)
  expect(gist(one), `${method} ${template}`).toEqual(gist(other))
  return one
}

describe('every method of every path that the contract guards', () => {
  test('is known to this test', () => {
    expect(guarded.length).toBeGreaterThanOrEqual(11)
    expect(unrouted.length).toBeGreaterThan(20)
  })

  test.for(Object.entries(badCredentials))(
    'answers 401 to %s, whether the row exists or not',
    { tags: ['slow'] },
    async ([, make], { service, existing, issuer }) => {
      const headers = withAuthorization(await make(issuer))

      for (const each of [...guarded, ...unrouted]) {
        await expectRefusal({ service, existing }, each, headers, 401)
      }
    },
  )

  test('answers 401 without a credential, whether the row exists or not', async ({
    service,
    existing,
  }) => {
    for (const each of [...guarded, ...unrouted]) {
      await expectRefusal({ service, existing }, each, {}, 401)
    }
  })

  const reads = guarded.filter(({ method, template }) => method === 'GET' && isOfRow(template))
  test.for(Object.entries(badCredentials))(
    'answers 401 to a read of a row with %s, whether it exists or not',
    async ([, make], { service, existing, issuer }) => {
      const headers = withAuthorization(await make(issuer))

      for (const each of reads) {
        await expectRefusal({ service, existing }, each, headers, 401)
      }
    },
  )

  test.for(Object.entries(poorCredentials))(
    'answers 403 to %s without its scope, whether the row exists or not',
    async ([, make], { service, existing, issuer }) => {
      for (const each of guarded) {
        const headers = withAuthorization(await make(each.scope, issuer))
        const { text } = await expectRefusal({ service, existing }, each, headers, 403)
        expect(text).toContain(each.method === 'HEAD' ? '' : `needs the scope ${each.scope}.`)
      }
    },
  )

  test('lets in who has the scope that the contract names', async ({ service, issuer }) => {
    for (const { method, template, scope } of guarded) {
      for (const headers of [
        keyWith.get(scope)?.headers,
        withAuthorization(bearer(await issuer.sign(scope))),
      ]) {
        const { status } = await service.request(method, missing(template), undefined, headers)
        expect([401, 403], `${method} ${template}`).not.toContain(status)
      }
    }
  })
})
