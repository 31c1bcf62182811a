import { describe, expect } from 'vitest'
import { guardedOperations } from '../support/contract.ts'
import { expectHardened, hardened, telling } from '../support/hardened.ts'
import { acceptKeys, testKey } from '../support/keys.ts'
import { testWith } from '../support/own-worker.ts'
import { ada } from '../support/people.ts'
import { demandSuccess } from '../support/samples/demand-success.ts'
import { createSampler } from '../support/samples/sampler.ts'
import { test as open } from '../support/test.ts'

const key = testKey('headers')
const reader = testKey('reader', ['users:read'])
const app = 'https://app.example.com'

const test = testWith({ ...acceptKeys(key, reader), CORS_ORIGINS: app })

type Sent = [method: string, path: string, body?: unknown, headers?: Record<string, string>]

/** One of each kind, in this order, on an empty table. */
const exchanges: readonly [status: number, ...sent: Sent][] = [
  [404, 'GET', '/users', undefined, key.headers],
  [201, 'POST', '/users', ada, key.headers],
  [200, 'GET', '/users', undefined, key.headers],
  [200, 'HEAD', '/users/1', undefined, key.headers],
  [304, 'GET', '/users/1', undefined, { ...key.headers, 'If-None-Match': '"1"' }],
  [412, 'DELETE', '/users/1', undefined, { ...key.headers, 'If-Match': '"7"' }],
  [409, 'POST', '/users', ada, key.headers],
  [400, 'POST', '/users', '{', key.headers],
  [401, 'GET', '/users'],
  [403, 'DELETE', '/users/1', undefined, reader.headers],
  [405, 'PATCH', '/users', undefined, key.headers],
  [413, 'POST', '/users', 'x'.repeat(20_000), key.headers],
  [415, 'POST', '/users', ada, { ...key.headers, 'Content-Type': 'text/plain' }],
  [422, 'GET', '/users?limit=0', undefined, key.headers],
  [204, 'DELETE', '/users/1', undefined, key.headers],
  [204, 'OPTIONS', '/users'],
  [204, 'OPTIONS', '/users', undefined, { Origin: app, 'Access-Control-Request-Method': 'PUT' }],
  [200, 'GET', '/livez'],
  [200, 'GET', '/readyz'],
  [404, 'GET', '/nowhere'],
  [404, 'GET', '/docs/nothing'],
]

const pages: readonly [status: number, ...sent: Sent][] = [
  [302, 'GET', '/'],
  [200, 'GET', '/docs'],
  [200, 'GET', '/docs/docs.css'],
  [200, 'GET', '/openapi.json'],
  [200, 'GET', '/problems'],
  [200, 'GET', '/problems/email-taken'],
]

/** Of what the contract answers with 2xx, but for the pages. */
const headersOfSuccess = new Set(
  guardedOperations.flatMap(({ operation }) =>
    Object.entries(operation.responses).flatMap(([status, { headers = {} }]) =>
      status.startsWith('2') ? Object.keys(headers).filter((name) => name !== 'Cache-Control') : [],
    ),
  ),
)

describe('every answer', () => {
  test('is for no cache, no frame and no guess, and tells nothing of the server', async ({
    service,
  }) => {
    for (const [status, method, path, body, headers] of exchanges) {
      const answer = await service.request(method, path, body, headers)

      expect(answer.status, `${method} ${path}`).toBe(status)
      expectHardened(answer, `${method} ${path}`)
    }
  })

  test('of an operation of the contract is so too', async ({ service }) => {
    const request: typeof service.request = (method, path, body, headers) =>
      service.request(method, path, body, { ...key.headers, ...headers })

    for (const operation of guardedOperations) {
      const { method, path, body, headers } = await createSampler(request).sample(operation)
      const answer = await request(method, path, body, headers)

      demandSuccess(operation, answer.status, answer.text)
      expectHardened(answer, `${method} ${path}`)
    }
  })

  test('that is a page loads nothing from elsewhere, and is in no frame', async ({ service }) => {
    for (const [status, method, path] of pages) {
      const answer = await service.request(method, path)
      const given = Object.fromEntries(answer.headers)

      expect(answer.status, path).toBe(status)
      expect(given, path).toMatchObject(hardened)
      expect(given['content-security-policy'], path).toMatch(/default-src 'none'/)
      expect(given['content-security-policy'], path).toMatch(/frame-ancestors 'none'/)
      expect(given['content-security-policy'], path).not.toMatch(/unsafe|http|\*/)
      expect(Object.keys(given).filter((name) => telling.includes(name))).toEqual([])
    }
  })
})

const preflight = (origin: string) => ({
  Origin: origin,
  'Access-Control-Request-Method': 'PATCH',
  'Access-Control-Request-Headers': 'authorization,content-type,if-match',
})

const corsHeaders = (headers: Headers) =>
  [...headers.keys()].filter((name) => name.startsWith('access-control-'))

describe('a page of another origin', () => {
  test('may call the service when its origin is configured', async ({ service }) => {
    const asked = await service.request('OPTIONS', '/users/1', undefined, preflight(app))
    const answer = await service.request('GET', '/users/1', undefined, {
      ...key.headers,
      Origin: app,
    })
    const refused = await service.request('GET', '/users/1', undefined, { Origin: app })

    expect(asked.status).toBe(204)
    expect(asked.headers.get('Access-Control-Allow-Methods')).toContain('PATCH')
    expect(asked.headers.get('Access-Control-Allow-Headers')?.toLowerCase()).toMatch(
      /authorization.*content-type.*idempotency-key.*if-match/,
    )
    expect(answer.status).toBe(404)
    expect(refused.status).toBe(401)
    for (const { headers } of [asked, answer, refused]) {
      expect(headers.get('Access-Control-Allow-Origin')).toBe(app)
      expect(headers.get('Access-Control-Allow-Credentials')).toBeNull()
      expect(headers.get('Vary')).toContain('Origin')
    }
    // Beside those that a browser always shows, everything that a good answer has.
    const exposed = answer.headers.get('Access-Control-Expose-Headers')?.split(',')
    expect(exposed).toEqual(expect.arrayContaining([...headersOfSuccess]))
  })

  test.for([`${app}.evil.example`, 'http://app.example.com', `${app}:8443`, 'null'])(
    'may not when it is %s',
    async (origin, { service }) => {
      for (const answer of [
        await service.request('OPTIONS', '/users/1', undefined, preflight(origin)),
        await service.request('GET', '/users', undefined, { ...key.headers, Origin: origin }),
      ]) {
        expect(corsHeaders(answer.headers)).toEqual([])
        expect(answer.headers.get('Vary')).toContain('Origin')
      }
    },
  )

  open('may not when none is configured', async ({ service }) => {
    for (const answer of [
      await service.request('OPTIONS', '/users/1', undefined, preflight(app)),
      await service.request('GET', '/users', undefined, { Origin: app }),
    ]) {
      expect(corsHeaders(answer.headers)).toEqual([])
    }
  })
})
