import { vi } from 'vitest'

// For a client that runs in this process, with the clock of the test.

export const json = (body: object, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers })

export const problem = (code: string, retryAfter: string) =>
  json({ type: `/problems/${code}`, title: '', status: 503, detail: '', instance: '' }, 503, {
    'Content-Type': 'application/problem+json',
    'Retry-After': retryAfter,
  })

export const badGateway = () => new Response('<h1>Bad Gateway</h1>', { status: 502 })

/** A service that answers so, one after the other, and from then on as the last; and when it was asked. */
export function answering(...answers: readonly (() => Response)[]) {
  const askedAt: number[] = []
  const start = performance.now()
  const send: typeof fetch = async () => {
    askedAt.push(performance.now() - start)
    const answer = answers[askedAt.length - 1] ?? answers.at(-1)
    return answer?.() ?? badGateway()
  }
  return { askedAt, fetch: send }
}

/** How a call ends, and after how long. */
export async function timed(call: Promise<unknown>) {
  const start = performance.now()
  const end = await call.then(
    () => 'success',
    (error: unknown) => error,
  )
  return { end, ms: performance.now() - start }
}

export async function finish<Result>(call: Promise<Result>): Promise<Result> {
  await vi.runAllTimersAsync()
  return call
}

export const enough = new Error('Enough.')

export function givenUpAfter(ms: number): AbortSignal {
  const stop = new AbortController()
  setTimeout(() => stop.abort(enough), ms)
  return stop.signal
}
