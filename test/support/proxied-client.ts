import { createClient } from '../../src/client.ts'
import { startProxy } from './proxy.ts'
import { test as base } from './shared-test.ts'

/** `users` are the calls of a client whose way to the `service` leads through the `proxy`. */
export const test = base
  .extend('proxy', async ({ service }, { onCleanup }) => {
    const proxy = await startProxy(service.url)
    onCleanup(() => proxy.close())
    return proxy
  })
  .extend('users', ({ proxy }) => createClient(proxy.url).users)

export const problem = (code: string, status: number, headers: Record<string, string> = {}) => ({
  status,
  headers: { ...headers, 'Content-Type': 'application/problem+json' },
  body: JSON.stringify({
    type: `/problems/${code}`,
    title: 'Title',
    status,
    detail: 'As planned.',
    instance: 'instance',
  }),
})

export const unavailable = (retryAfter = '0') =>
  problem('database-unavailable', 503, { 'Retry-After': retryAfter })
export const outcomeUnknown = problem('outcome-unknown', 504)
export const page = (status: number) => ({ status, body: '<h1>Bad Gateway</h1>' })

/** What a client outlives when the request may be repeated. */
export const passingMishaps = [
  ['a connection that breaks before', 'reset-before'],
  ['a connection that breaks after', 'reset-after'],
  ['an answer that is cut', 'cut'],
  ['a database that is away', unavailable()],
  ['an outcome that is unknown', outcomeUnknown],
  ['a page of a proxy', page(502)],
  ['a refusal of a proxy', page(429)],
] as const
