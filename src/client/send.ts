import { pauseAfter, sleepUntil } from './back-off.ts'
import { AnswerError, ConnectionError, ProblemError } from './errors.ts'

export type SendOptions = {
  /** Whether to send the request twice comes to the same as to send it once. */
  isRepeatable: boolean
  retries: number
  timeoutMs: number
  signal?: AbortSignal | undefined
}

/**
 * Makes one attempt after the other until one succeeds, or no further one may be made. Rejects with
 * the last failure, or with the reason of the signal.
 */
export async function send<Result>(
  attempt: (signal: AbortSignal) => Promise<Result>,
  { isRepeatable, retries, timeoutMs, signal }: SendOptions,
): Promise<Result> {
  const end = performance.now() + timeoutMs
  const timeout = new AbortController()
  const timer = setTimeout(
    () => timeout.abort(new Error(`the ${timeoutMs} ms that it may take are over`)),
    timeoutMs,
  )
  const stop = signal ? AbortSignal.any([signal, timeout.signal]) : timeout.signal

  try {
    for (let failures = 1; ; failures += 1) {
      signal?.throwIfAborted()
      try {
        return await attempt(stop)
      } catch (error) {
        signal?.throwIfAborted()
        const waitUntil = performance.now() + pauseAfter(error, failures)
        const isLast = failures > retries || waitUntil >= end
        if (isLast || !mayRepeat(error, isRepeatable)) {
          throw error
        }
        await sleepUntil(waitUntil, stop)
      }
    }
  } finally {
    clearTimeout(timer)
  }
}

/**
 * A request that was surely not carried out may always be sent again: of that the service assures
 * with 429 and 503. After any other failure it may have been: an `If-Match` would then answer 412, and
 * a DELETE 404, for what this client did itself.
 */
function mayRepeat(error: unknown, isRepeatable: boolean): boolean {
  if (error instanceof ConnectionError) {
    return isRepeatable
  }
  if (error instanceof ProblemError) {
    const { status } = error.problem
    return status === 429 || status === 503 || (isRepeatable && status === 504)
  }
  if (error instanceof AnswerError) {
    return error.status === 429 || (isRepeatable && error.status >= 502)
  }
  return false
}
