import { Hono } from 'hono'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { limitAddress, limitCaller, type RateLimiter } from '../../src/http/rate-limit-bindings.ts'
import type { HttpEnv } from '../../src/http/request.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

const withLimiter = (limiter: RateLimiter | undefined) =>
  new Hono<HttpEnv>()
    .use(async (c, next) => {
      c.set('requestId', 'the-request')
      c.set('caller', { name: 'key:ci', scopes: [] })
      await next()
    })
    .get('/caller', limitCaller(limiter), (c) => c.text('served'))
    .get('/address', limitAddress(limiter), (c) => c.text('served'))

const failing: [string, RateLimiter][] = [
  [
    'throws',
    {
      limit: () => {
        throw new Error('canary')
      },
    },
  ],
  ['rejects', { limit: () => Promise.reject(new Error('canary')) }],
]

describe('a rate limiting binding', () => {
  test.for(failing)('that %s lets the request pass, and is logged', async ([, limiter]) => {
    const log = vi.spyOn(console, 'log').mockReturnValue()

    for (const path of ['/caller', '/address']) {
      const answer = await withLimiter(limiter).request(path)
      expect([answer.status, await answer.text()]).toEqual([200, 'served'])
    }

    expect(log.mock.calls).toEqual(
      Array(2).fill(['{"requestId":"the-request","rateLimit":"failed"}']),
    )
  })

  test('that is absent lets the request pass', async () => {
    expect((await withLimiter(undefined).request('/caller')).status).toBe(200)
  })

  test.for([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::6', '2001:db8:1:2'],
    ['2001:db8::6', '2001:db8:0:0'],
    ['1::2:3:4:5:6:7', '1:0:2:3'],
    ['::1', '0:0:0:0'],
  ] as const)('counts %s as %s', async ([address, counted]) => {
    const keys: string[] = []
    const app = withLimiter({
      limit: async ({ key }) => {
        keys.push(key)
        return { success: true }
      },
    })

    await app.request('/address', { headers: { 'CF-Connecting-IP': address } })

    expect(keys).toEqual([`probes ${counted}`])
  })

  test('counts by the caller, and by the address that Cloudflare sees', async () => {
    const keys: string[] = []
    const app = withLimiter({
      limit: async ({ key }) => {
        keys.push(key)
        return { success: true }
      },
    })

    await app.request('/caller')
    await app.request('/address', { headers: { 'CF-Connecting-IP': '192.0.2.1' } })

    expect(keys).toEqual(['key:ci', 'probes 192.0.2.1'])
  })
})
