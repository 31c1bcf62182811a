import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, inject, onTestFinished } from 'vitest'
import { audience, type Issuer, startIssuer } from '../support/issuer.ts'
import { acceptKeys, testKey } from '../support/keys.ts'
import { type Service, startService } from '../support/service.ts'
import { test as base } from '../support/shared-test.ts'
import { asWorker } from '../support/worker-role.ts'

const key = testKey('beside-tokens')

/** How many times as fast the time of the service runs: it rests for seconds. */
const clock = 5

/** Starts a service that accepts the tokens of an issuer of its own; no user is in its database. */
const test = base.extend(
  'start',
  ({ database }) =>
    async (
      times = clock,
      variables: Record<string, string> = {},
    ): Promise<{ issuer: Issuer; service: Service }> => {
      const issuer = await startIssuer()
      const service = await startService(
        inject('workerDir'),
        {
          DATABASE_URL: asWorker(database.url),
          NEON_ENDPOINT: inject('endpointUrl'),
          ...acceptKeys(key),
          OIDC_ISSUER: issuer.url,
          OIDC_AUDIENCE: audience,
          ...variables,
        },
        { clock: times },
      )
      onTestFinished(async () => {
        await service.close()
        await issuer.stop().catch(() => {})
      })
      return { issuer, service }
    },
)

const get = (service: Service, token: string) =>
  service.request('GET', '/users/1', undefined, { Authorization: `Bearer ${token}` })

const accepted = { status: 404, body: { type: '/problems/user-not-found' } }
const refused = { status: 401, body: { type: '/problems/unauthenticated' } }
const unavailable = { status: 503, body: { type: '/problems/identity-provider-unavailable' } }

/** What the service waits at least between two requests for the keys. */
const cooldownMs = 5_000 / clock

describe('an access token', () => {
  test('opens what its scopes name, wherever its issuer writes them', async ({ start }) => {
    const { issuer, service } = await start()

    for (const claims of [
      { scope: 'openid users:read' },
      { scp: 'users:read' },
      { scp: ['users:read'] },
      { permissions: ['users:read', 'users:write'] },
    ]) {
      expect(await get(service, await issuer.sign('', claims))).toMatchObject(accepted)
    }
    for (const scope of ['', 'users:write', 'users:readable', 'users:read,users:write']) {
      expect(await get(service, await issuer.sign(scope))).toMatchObject({ status: 403 })
    }
    expect(
      await get(service, await issuer.sign('users:read', { aud: ['a', audience] })),
    ).toMatchObject(accepted)
    expect(await get(service, key.key)).toMatchObject(accepted)
  })

  test('is one of a provider that people have, and no ID token of theirs', async ({ start }) => {
    const { issuer, service } = await start()
    const [oid, tid] = [crypto.randomUUID(), crypto.randomUUID()]
    const entra = { scope: undefined, ver: '2.0', oid, tid }

    for (const claims of [
      { ...entra, azp: 'spa', scp: 'users:read', name: 'Jane Roe' },
      { ...entra, azp: 'daemon', roles: ['users:read'], idtyp: 'app' },
      { ...entra, azp: 'daemon', roles: ['users:read'], sub: oid },
      { typ: 'Bearer', azp: 'spa', scope: 'openid users:read' },
      { scope: `${audience}/users:read` },
    ]) {
      expect(await get(service, await issuer.sign('', claims))).toMatchObject(accepted)
    }
    for (const claims of [
      { ...entra, aud: audience, roles: ['users:read'] },
      { typ: 'ID', scope: 'users:read' },
      { nonce: 'n', scope: 'users:read' },
      { at_hash: 'h', scope: 'users:read' },
    ]) {
      expect(await get(service, await issuer.sign('', claims))).toMatchObject(refused)
    }
  })

  test('of Cognito names its client, and each scope behind its resource server', async ({
    start,
  }) => {
    const { issuer, service } = await start(clock, {
      OIDC_PROVIDER: 'cognito',
      OIDC_SCOPE_PREFIX: 'users-api',
    })
    const access = { aud: undefined, client_id: audience, token_use: 'access' }
    const getWith = async (scope: string, claims: object) =>
      get(service, await issuer.sign(scope, { ...access, ...claims }))

    expect(await getWith('users-api/users:read', {})).toMatchObject(accepted)
    expect(await getWith('other-api/users:read', {})).toMatchObject({ status: 403 })
    for (const claims of [
      { client_id: 'other' },
      { token_use: 'id' },
      { token_use: undefined },
      { aud: 'other' },
    ]) {
      expect(await getWith('users-api/users:read', claims)).toMatchObject(refused)
    }
  })

  test('is good when its issuer’s clock differs by less than a minute', async ({ start }) => {
    // In real time: the tokens are made by this clock.
    const { issuer, service } = await start(1)
    const now = Math.floor(Date.now() / 1_000)

    for (const claims of [{ nbf: now + 50, iat: now + 50 }, { exp: now - 50 }]) {
      expect(await get(service, await issuer.sign('users:read', claims))).toMatchObject(accepted)
    }
    for (const claims of [{ nbf: now + 75 }, { exp: now - 75 }]) {
      expect(await get(service, await issuer.sign('users:read', claims))).toMatchObject(refused)
    }
  })

  test('may be as long as one with 200 groups, and have 16,384 characters', async ({ start }) => {
    const { issuer, service } = await start()
    const group = crypto.randomUUID()
    const grouped = await issuer.sign('users:read', { groups: Array(200).fill(group) })
    const short = await issuer.sign('users:read', { padding: '' })
    const longest = await issuer.sign('users:read', {
      padding: 'x'.repeat(Math.floor(((16 * 1024 - short.length) * 3) / 4)),
    })

    expect(grouped.length).toBeGreaterThan(10_000)
    expect(longest.length).toBeGreaterThan(16 * 1024 - 4)
    expect(longest.length).toBeLessThanOrEqual(16 * 1024)
    expect(await get(service, grouped)).toMatchObject(accepted)
    expect(await get(service, longest)).toMatchObject(accepted)
  })

  test('is checked with keys that are fetched once', async ({ start }) => {
    const { issuer, service } = await start()

    for (let count = 0; count < 5; count += 1) {
      expect(await get(service, await issuer.sign('users:read'))).toMatchObject(accepted)
    }

    expect(issuer.asked).toEqual(['/.well-known/openid-configuration', '/keys'])
  })

  test('names a key that is not there: the keys are fetched anew, but not at every such token', async ({
    start,
  }) => {
    const { issuer, service } = await start()
    const before = await issuer.sign('users:read')
    expect(await get(service, before)).toMatchObject(accepted)

    await issuer.rotate()
    const after = await issuer.sign('users:read')
    await sleep(cooldownMs)

    expect(await get(service, after)).toMatchObject(accepted)
    expect(await get(service, before)).toMatchObject(refused)
    for (let count = 0; count < 5; count += 1) {
      const madeUp = await issuer.sign('users:read', {}, { kid: `made-up-${count}` })
      expect(await get(service, madeUp)).toMatchObject(refused)
    }
    expect(issuer.asked).toEqual(['/.well-known/openid-configuration', '/keys', '/keys'])
  })

  test('asks for the keys once, however many name unknown ones at once', {
    tags: ['slow'],
  }, async ({ start }) => {
    // Slower than elsewhere: who asks beside a load waits for no more than a second.
    const times = 2
    const { issuer, service } = await start(times)
    const before = await issuer.sign('users:read')
    issuer.slow(50)
    const getMany = async (good: string) => {
      const madeUp = await Promise.all(
        Array.from({ length: 8 }, (_, index) => issuer.sign('users:read', {}, { kid: `${index}` })),
      )
      return Promise.all([...madeUp, good].map((token) => get(service, token)))
    }

    const first = await getMany(before)
    await issuer.rotate()
    await sleep(5_000 / times)
    const second = await getMany(await issuer.sign('users:read'))

    for (const answers of [first, second]) {
      expect(answers.map(({ status }) => status)).toEqual([...Array(8).fill(401), 404])
    }
    expect(issuer.asked).toEqual(['/.well-known/openid-configuration', '/keys', '/keys'])
  })

  test('waits for no load that ended with its client', async ({ start }) => {
    const { issuer, service } = await start()
    issuer.slow(60_000)
    const token = await issuer.sign('users:read')
    const leaving = fetch(new URL('/users/1', service.url), {
      headers: { Authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(300),
    })
    await expect(leaving).rejects.toThrow('aborted')
    issuer.slow(0)

    expect(await get(service, token)).toMatchObject(accepted)
  })

  test('is refused when it is for something else, or of nobody', async ({ start }) => {
    const { issuer, service } = await start()

    for (const [claims, header] of [
      [{}, { typ: 'logout+jwt' }],
      [{ sub: '' }, {}],
    ] as const) {
      const token = await issuer.sign('users:read', claims, header)
      expect(await get(service, token)).toMatchObject(refused)
    }
  })

  test('may do what it was given, and not all that its user may', async ({ start }) => {
    const { issuer, service } = await start()
    const token = await issuer.sign('openid users:write', { permissions: ['users:read'] })

    const answer = await get(service, token)

    expect(answer).toMatchObject({ status: 403 })
  })

  test('goes on to be good while its issuer is away', async ({ start }) => {
    const { issuer, service } = await start()
    expect(await get(service, await issuer.sign('users:read'))).toMatchObject(accepted)
    await issuer.stop()
    await sleep(cooldownMs)

    const unknown = await get(service, await issuer.sign('users:read', {}, { kid: 'unknown' }))
    const known = await get(service, await issuer.sign('users:read'))

    expect(unknown).toMatchObject(unavailable)
    expect(known).toMatchObject(accepted)
  })
})

describe('an issuer that is away', () => {
  test('leaves its tokens unanswered with 503, until it is back, and keys untouched', async ({
    start,
  }) => {
    const { issuer, service } = await start()
    await issuer.stop()
    const token = await issuer.sign('users:read')

    const answer = await get(service, token)
    const withKey = await get(service, key.key)
    await issuer.start()

    expect(answer).toMatchObject(unavailable)
    expect(answer.headers.get('Retry-After')).toBe('2')
    expect(withKey).toMatchObject(accepted)
    await expect.poll(() => get(service, token)).toMatchObject(accepted)
    expect(service.logs().join('\n')).toContain('"reason":"no discovery"')
  })

  test('is one that names no keys of its own, or keys that anybody on the way could change', async ({
    start,
  }) => {
    const { issuer, service } = await start()
    const { url } = issuer
    const token = await issuer.sign('users:read')

    for (const discovery of [
      { issuer: `${url}/`, jwks_uri: `${url}/keys` },
      { issuer: url, jwks_uri: 'http://keys.example.com/' },
      { issuer: url },
      {},
    ]) {
      issuer.lie(discovery)
      // As long as it rests after a failure.
      await sleep(1_050 / clock)
      expect(await get(service, token)).toMatchObject(unavailable)
    }
    issuer.lie(undefined)
    await expect.poll(() => get(service, token)).toMatchObject(accepted)
  })
})

describe('the log', () => {
  test('tells one subject from another, and names none', async ({ start }) => {
    const { issuer, service } = await start()
    const subjects = ['canary@example.com', 'canary@example.com', 'eve']

    for (const sub of subjects) {
      await get(service, await issuer.sign('users:read', { sub }))
    }

    const callers = service.logs().map((line) => /"caller":"(sub:[0-9a-f]{32})"/.exec(line)?.[1])
    const [first, second, third] = callers.filter((caller) => caller !== undefined)
    expect(first).toBeDefined()
    expect(second).toBe(first)
    expect(third).toBeDefined()
    expect(third).not.toBe(first)
    expect(service.logs().join('\n')).not.toMatch(/canary|eve/)
  })
})
