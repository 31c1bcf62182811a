import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createClient } from '../../src/client.ts'
import { ada, people } from '../support/people.ts'

// The client runs in this process, so its clock is the test's: nothing but its waiting takes time.
beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) })
})
afterEach(() => {
  vi.useRealTimers()
})

const url = 'https://users.example.com'
const mediaType = 'application/x-ndjson' as const

const json = (body: object, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers })

const problem = (code: string, retryAfter: string) =>
  json({ type: `/problems/${code}`, title: '', status: 503, detail: '', instance: '' }, 503, {
    'Content-Type': 'application/problem+json',
    'Retry-After': retryAfter,
  })

const busy = () => problem('busy', '1')
const unavailable = (retryAfter: string) => () => problem('database-unavailable', retryAfter)
const badGateway = () => new Response('<h1>Bad Gateway</h1>', { status: 502 })
const imported = () => json({ created: 1, updated: 0, skipped: 0, refused: [] })
const user = () => json({ id: 1, ...ada, version: 1, createdAt: '', updatedAt: '' })

/** A service that answers so, one after the other, and from then on as the last; and when it was asked. */
function answering(...answers: readonly (() => Response)[]) {
  const askedAt: number[] = []
  const start = performance.now()
  const send: typeof fetch = async () => {
    askedAt.push(performance.now() - start)
    const answer = answers[askedAt.length - 1] ?? answers.at(-1)
    return answer?.() ?? badGateway()
  }
  return { askedAt, fetch: send }
}

/** A service that never answers. */
const silence: typeof fetch = (_, { signal } = {}) =>
  new Promise<Response>((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason))
  })

/** How a call ends, and after how long. */
async function timed(call: Promise<unknown>) {
  const start = performance.now()
  const end = await call.then(
    () => 'success',
    (error: unknown) => error,
  )
  return { end, ms: performance.now() - start }
}

async function finish<Result>(call: Promise<Result>): Promise<Result> {
  await vi.runAllTimersAsync()
  return call
}

const enough = new Error('Enough.')

function givenUpAfter(ms: number): AbortSignal {
  const stop = new AbortController()
  setTimeout(() => stop.abort(enough), ms)
  return stop.signal
}

describe('a service that is busy', () => {
  test('is asked by one at a time, for all that wait', async () => {
    const { askedAt, fetch } = answering(...Array<typeof busy>(10).fill(busy), imported)
    const { users } = createClient(url, { fetch, timeoutMs: 60_000 })

    const imports = people(8).map((each) => users.import(JSON.stringify(each), { mediaType }))
    await vi.advanceTimersByTimeAsync(1_900)
    const askedSoon = askedAt.length
    const results = await finish(Promise.all(imports))

    // The first of each, and one more of the one whose turn it is.
    expect(askedSoon).toBe(8 + 1)
    expect(results).toHaveLength(8)
  })

  test('is waited for no longer than the call may take, or its caller wants', async () => {
    const { fetch } = answering(busy)
    const { users } = createClient(url, { fetch, timeoutMs: 2_000 })

    const imports = ['1', '2', '3'].map((line) => timed(users.import(line, { mediaType })))
    const stopped = timed(users.import('4', { mediaType, signal: givenUpAfter(300) }))
    const ended = await finish(Promise.all(imports))

    expect(await stopped).toEqual({ end: enough, ms: 300 })
    for (const { end, ms } of ended) {
      expect(end).toMatchObject({ problem: { code: 'busy' } })
      expect(ms).toBeLessThanOrEqual(2_000)
    }
  })
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
