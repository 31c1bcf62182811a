import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createClient } from '../../src/client.ts'
import { ada } from '../support/people.ts'
import {
  answering,
  badGateway,
  enough,
  finish,
  givenUpAfter,
  json,
  problem,
  timed,
} from '../support/planned-answers.ts'

// The client runs in this process, so its clock is the test's: nothing but its waiting takes time.
beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) })
})
afterEach(() => {
  vi.useRealTimers()
})

const url = 'https://users.example.com'

const unavailable = (retryAfter: string) => () => problem('database-unavailable', retryAfter)
const user = () => json({ id: 1, ...ada, version: 1, createdAt: '', updatedAt: '' })

/** A service that never answers. */
const silence: typeof fetch = (_, { signal } = {}) =>
  new Promise<Response>((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason))
  })

describe('the wait before a repetition', () => {
  test.for([
    ['seconds', '2'],
    ['a date', new Date(Date.UTC(2026, 0, 1, 0, 0, 2)).toUTCString()],
  ] as const)('is as long as Retry-After says in %s', async ([, retryAfter]) => {
    const { askedAt, fetch } = answering(unavailable(retryAfter), user)
    const { users } = createClient(url, { fetch })

    const { end } = await finish(timed(users.get(1)))

    expect(end).toBe('success')
    expect(askedAt).toEqual([0, expect.toSatisfy((ms) => ms >= 2_000 && ms <= 2_200)])
  })

  test('is not begun when it would be too long', async () => {
    const { fetch } = answering(unavailable('3600'))
    const { users } = createClient(url, { fetch })

    const { end, ms } = await finish(timed(users.get(1)))

    expect(end).toMatchObject({ problem: { code: 'database-unavailable' }, retryAfterMs: 3.6e6 })
    expect(ms).toBe(0)
  })

  test('ends with the time of the call', async () => {
    const { askedAt, fetch } = answering(badGateway)
    const { users } = createClient(url, { fetch, timeoutMs: 1_000, retries: 1_000 })

    const { end, ms } = await finish(timed(users.get(1)))

    expect(end).toMatchObject({ status: 502 })
    expect(ms).toBeLessThanOrEqual(1_000)
    expect(askedAt.length).toBeGreaterThan(1)
  })

  test('ends when the caller gives up', async () => {
    const { fetch } = answering(unavailable('20'))
    const { users } = createClient(url, { fetch, timeoutMs: 60_000 })

    const ended = await finish(timed(users.get(1, { signal: givenUpAfter(300) })))

    expect(ended).toEqual({ end: enough, ms: 300 })
  })
})

describe('a request in flight', () => {
  test('ends when the caller gives up, and is not repeated', async () => {
    const send = vi.fn(silence)
    const { users } = createClient(url, { fetch: send, signal: givenUpAfter(50) })

    const ended = await finish(timed(users.create(ada)))

    expect(ended).toEqual({ end: enough, ms: 50 })
    await expect(users.get(1)).rejects.toBe(enough)
    expect(send).toHaveBeenCalledTimes(1)
  })

  test('ends with the time of the call', async () => {
    const { users } = createClient(url, { fetch: silence, timeoutMs: 200 })

    const { end, ms } = await finish(timed(users.create(ada)))

    expect(String(end)).toContain(
      'The users service gave no whole answer: the 200 ms that it may take are over.',
    )
    expect(ms).toBe(200)
  })
})
