// Takes over ten seconds: every request meets every fault of the database, and is sent again.

import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { startEndpoint } from '../../neon-local/endpoint.ts'
import type { Fault } from '../../neon-local/faults.ts'
import { makeWorkerRole } from '../../scripts/postgres/worker-role.ts'
import { scopes } from '../../src/resources.ts'
import { guardedOperations, type ListedOperation } from '../support/contract.ts'
import { cloneDatabase, type TestDatabase } from '../support/database.ts'
import { audience, startIssuer } from '../support/issuer.ts'
import { acceptKeys, testKey } from '../support/keys.ts'
import { demandSuccess } from '../support/samples/demand-success.ts'
import { refusalsOf } from '../support/samples/refusals.ts'
import { createSampler, type Sample } from '../support/samples/sampler.ts'
import { nextLabel, varyText } from '../support/samples/vary.ts'
import { type Answer, type Service, startService } from '../support/service.ts'

/** In everything that a client, a person or an operator can put in, and in no word of ours. */
const canary = 'canary'
const user = { name: 'Canary Canarius', email: 'canary@canary.example.com' }

const key = testKey('good')
const poor = testKey('poor', ['users:read'])

/** No answer of a failure may hold these, and no line of the log. */
const planted = [canary, key.key.slice(10), poor.key.slice(10), key.entry.digest, poor.entry.digest]

/** What a client can send beside its request. */
const everywhere = {
  'X-Request-Id': 'canary-request',
  'X-Correlation-Id': 'canary',
  'User-Agent': 'canary/1.0',
  Cookie: 'session=canary',
  Referer: 'https://canary.example.com/canary?canary=canary',
  Origin: 'https://canary.example.com',
  'X-Forwarded-For': 'canary',
  Traceparent: 'canary',
}

type Sent = [
  status: number,
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
]

/** Failures that the client alone brings about, by the status it gets, beside those of the contract. */
const refusals: readonly Sent[] = [
  [404, 'GET', '/canary?canary=canary'],
  [404, 'GET', '/docs/canary.js'],
  [404, 'GET', '/problems/canary'],
  [405, 'PATCH', '/users?q=canary', user],
  [405, 'DELETE', '/users/export?email=canary%40example.com'],
  [400, 'POST', '/users', '{"name":"canary'],
  [415, 'POST', '/users', user, { 'Content-Type': 'text/canary' }],
  [413, 'POST', '/users', { ...user, name: canary.repeat(4_000) }],
  [422, 'POST', '/users', { name: ' canary', email: 'canary' }],
  [422, 'POST', '/users', { ...user, phone: 'canary', 'canary@example.com': 'canary' }],
  [422, 'POST', '/users', { name: { first: canary }, email: [canary] }],
  [422, 'POST', '/users', [canary]],
  [422, 'POST', '/users', user, { 'Idempotency-Key': 'canary canary' }],
  [422, 'GET', '/users/canary'],
  [422, 'GET', '/users?limit=canary&sort=canary&count=canary&email=canary&q=c'],
  [422, 'GET', '/users?q=canary&q=canary'],
  [400, 'GET', '/users?cursor=canary'],
  [422, 'PUT', '/users/canary', { name: '', email: 'canary@' }],
  [422, 'PATCH', '/users/1', user, { 'If-Match': 'canary' }],
  [412, 'PATCH', '/users/1', user, { 'If-Match': '"4711"' }],
  [404, 'PATCH', '/users/4711', user],
  [409, 'POST', '/users', user],
  [422, 'POST', '/users', { ...user, name: 'Canary' }, { 'Idempotency-Key': 'canary' }],
  [406, 'GET', '/users/export', undefined, { Accept: 'text/canary' }],
  [422, 'GET', '/users/export?q=c&email=canary'],
  [400, 'POST', '/users/import', 'name,email\n"canary', { 'Content-Type': 'text/csv' }],
  [422, 'POST', '/users/import?onConflict=canary', '', { 'Content-Type': 'text/csv' }],
  [
    200,
    'POST',
    '/users/import',
    '{"name":" canary","email":"canary"}\n{"canary":1}\ncanary\n',
    { 'Content-Type': 'application/x-ndjson' },
  ],
]

const jwt = (claims: object) =>
  ['{"alg":"none","kid":"canary"}', JSON.stringify(claims), 'canary']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.')

const badCredentials = [
  'canary',
  'Basic Y2FuYXJ5OmNhbmFyeQ==',
  'Bearer canary',
  'Bearer canary.canary.canary',
  `Bearer ${jwt({ sub: canary, iss: canary, scope: canary })}`,
  `Bearer ${canary.repeat(2_000)}`,
  `Bearer ${key.key}, Bearer ${key.key}`,
]

const faults: readonly Fault[] = [
  'html',
  'truncated-json',
  'reset-before',
  'reset-after',
  'quota',
  'control-plane',
  'unavailable',
]

/** The example of each operation that is not public, with the word in each of its texts. */
async function prepareSamples(service: Service) {
  const request: Service['request'] = (method, path, body, headers) =>
    service.request(method, path, body, { ...key.headers, ...headers })
  const reader = createSampler(request, `${canary}${nextLabel()}`)
  const samples: { operation: ListedOperation; sample: Sample }[] = []
  for (const operation of guardedOperations) {
    const { parameters } = operation.operation
    const own = createSampler(request, `${canary}${nextLabel()}`)
    const { label, sample } = operation.method === 'GET' ? reader : own
    const query = Object.fromEntries(
      parameters
        .filter(({ in: place, example }) => place === 'query' && example !== undefined)
        .map(({ name, schema, example }) => [name, varyText(`${example}`, schema, label)]),
    )
    const isKeyed = parameters.some(({ name }) => name === 'Idempotency-Key')
    samples.push({ operation, sample: await sample(operation, { query, isKeyed }) })
  }
  return samples
}

/** All of an answer. But a success holds what was asked for: the user, and the query in its links. */
const textOf = ({ status, headers, text }: Answer) =>
  status < 300 && !text.includes('"refused"') ? '' : JSON.stringify([[...headers], text])

function expectNoCanary(text: string): void {
  for (const each of planted) {
    expect(text.toLowerCase()).not.toContain(each.toLowerCase())
  }
}

async function send(service: Service, [status, method, path, body, headers]: Sent) {
  const answer = await service.request(method, path, body, {
    ...key.headers,
    ...everywhere,
    ...headers,
  })
  expect(answer.status, `${method} ${path}`).toBe(status)
  expectNoCanary(textOf(answer))
}

const sendSample = (
  service: Service,
  { method, path, body, headers }: Sample,
  credential: Record<string, string> = key.headers,
) => service.request(method, path, body, { ...everywhere, ...credential, ...headers })

type Prepared = Awaited<ReturnType<typeof prepareSamples>>

/** Whatever it answers: nothing that was planted. */
async function trySend(
  service: Service,
  samples: Prepared,
  credential?: Record<string, string>,
): Promise<void> {
  for (const { sample } of samples) {
    expectNoCanary(textOf(await sendSample(service, sample, credential)))
  }
}

/** Whatever the contract says is refused; then the sample twice, so that its row is there or gone. */
async function sendRefusals(
  service: Service,
  { operation, sample }: Prepared[number],
): Promise<void> {
  for (const { what, status, request } of refusalsOf(operation, sample, canary)) {
    const answer = await sendSample(service, request)
    expect(answer.status, `${request.method} ${request.path} ${what}`).toBe(status)
    expectNoCanary(textOf(answer))
  }
  const { status, text } = await sendSample(service, sample)
  demandSuccess(operation, status, text)
  expectNoCanary(textOf(await sendSample(service, sample)))
}

/** The log comes through a pipe, a moment after the answers. */
async function expectSilentLog(service: Service, marker: string) {
  await service.request('GET', `/${marker}`)
  await expect.poll(() => service.logs().length, { timeout: 5_000 }).toBeGreaterThan(0)
  await new Promise((resolve) => setTimeout(resolve, 300))
  expectNoCanary(service.logs().join('\n'))
}

/** A database whose connection string is made of canaries, and an endpoint that can be spoilt. */
async function prepare() {
  const stack = new AsyncDisposableStack()
  onTestFinished(() => stack.disposeAsync())
  const database = await cloneDatabase(inject('postgresUrl'), inject('templateUrl'))
  stack.defer(() => database.drop())
  let fault: Fault | undefined
  const endpoint = await startEndpoint({
    postgresUrl: inject('postgresUrl'),
    chooseFault: () => fault,
  })
  stack.defer(() => endpoint.close())
  const workerDir = inject('workerDir')

  return {
    database,
    url: await makeWorkerRole(database.url, `canary_${Date.now()}`, 'canary-password'),
    endpointUrl: endpoint.url,
    spoil: (chosen: Fault | undefined) => {
      fault = chosen
    },
    start: async (variables: Record<string, string>) => {
      const service = await startService(workerDir, { ...acceptKeys(key, poor), ...variables })
      stack.defer(() => service.close())
      return service
    },
  }
}

async function renameTables(database: TestDatabase): Promise<void> {
  const tables = await database.query<{ name: string }>(
    `select relname as name from pg_class
     where relnamespace = 'public'::regnamespace and relkind = 'r'`,
  )
  for (const { name } of tables) {
    await database.query(`alter table "${name}" rename to "${canary}_${name}"`)
  }
}

describe('what was put in', () => {
  test('comes out of no refusal, and stands in no log', async () => {
    const { url, endpointUrl, start } = await prepare()
    const service = await start({ DATABASE_URL: url, NEON_ENDPOINT: endpointUrl })
    await send(service, [201, 'POST', '/users', user, { 'Idempotency-Key': 'canary' }])

    for (const each of refusals) {
      await send(service, each)
    }
    for (const Authorization of badCredentials) {
      await send(service, [401, 'GET', '/users/1?q=canary', undefined, { Authorization }])
    }
    await send(service, [403, 'DELETE', '/users/1', undefined, poor.headers])
    await send(service, [200, 'GET', '/users?q=canary&sort=name&limit=1'])
    await send(service, [200, 'GET', '/users/export?q=canary'])
    await send(service, [204, 'DELETE', '/users/1'])
    for (const each of await prepareSamples(service)) {
      await sendRefusals(service, each)
    }

    await expectSilentLog(service, 'nowhere')
  })

  test('comes out of no fault of the database', async () => {
    const { database, url, endpointUrl, spoil, start } = await prepare()
    const service = await start({ DATABASE_URL: url, NEON_ENDPOINT: endpointUrl })
    const samples = await prepareSamples(service)

    for (const fault of faults) {
      spoil(fault)
      await trySend(service, samples)
    }
    spoil(undefined)
    await renameTables(database)
    await trySend(service, samples)

    expect(service.logs().join('\n')).toContain('"sqlState":"42P01"')
    await expectSilentLog(service, 'nowhere')
  })

  test('comes out of no connection that is refused', { tags: ['slow'] }, async () => {
    const { url, endpointUrl, start } = await prepare()
    const good = await start({ DATABASE_URL: url, NEON_ENDPOINT: endpointUrl })
    const samples = await prepareSamples(good)
    const wrong = Object.assign(new URL(url), { password: 'canary-wrong' }).href
    const gone = Object.assign(new URL(url), { pathname: '/canary_database' }).href

    for (const variables of [
      { DATABASE_URL: wrong, NEON_ENDPOINT: endpointUrl },
      { DATABASE_URL: gone, NEON_ENDPOINT: endpointUrl },
      { DATABASE_URL: url, NEON_ENDPOINT: 'http://localhost:9/canary' },
    ]) {
      const service = await start(variables)
      await trySend(service, samples)
      await send(service, [503, 'GET', '/readyz']).catch(() => {})
      await expectSilentLog(service, 'nowhere')
    }
  })

  test('comes out of no identity provider', { tags: ['slow'] }, async () => {
    const { url, endpointUrl, start } = await prepare()
    const good = await start({ DATABASE_URL: url, NEON_ENDPOINT: endpointUrl })
    const samples = await prepareSamples(good)
    const issuer = await startIssuer()
    const service = await start({
      DATABASE_URL: url,
      NEON_ENDPOINT: endpointUrl,
      OIDC_ISSUER: issuer.url,
      OIDC_AUDIENCE: audience,
    })
    const tokens = [
      await issuer.sign(`${scopes.join(' ')} canary`, { sub: user.email }),
      await issuer.sign('canary', { sub: canary, name: canary }),
      await issuer.sign(`${scopes[0]}`, { aud: canary }),
      await issuer.sign(`${scopes[0]}`, { iss: canary }),
      await issuer.sign(`${scopes[0]}`, {}, { kid: canary }),
    ]

    for (const lie of [{ issuer: canary, jwks_uri: 'canary' }, { canary }, undefined]) {
      issuer.lie(lie)
      for (const token of tokens) {
        await trySend(service, samples, { Authorization: `Bearer ${token}` })
      }
    }
    await issuer.stop()
    await trySend(service, samples, {
      Authorization: `Bearer ${await issuer.sign('', {}, { kid: '2' })}`,
    })

    for (const token of tokens) {
      expect(service.logs().join('\n')).not.toContain(token.slice(-40))
    }
    await expectSilentLog(service, 'nowhere')
  })
})
