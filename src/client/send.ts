import { AnswerError, ConnectionError, ProblemError } from './errors.ts'
import type { Line } from './line.ts'

export type SendOptions = {
  /** Whether to send the request twice comes to the same as to send it once. */
  isRepeatable: boolean
  retries: number
  timeoutMs: number
  signal?: AbortSignal | undefined
  /** Where to wait while the service is busy; without one, that is a failure like any other. */
  line?: Line | undefined
  onBusy?: (() => void) | undefined
}

const firstBackOffMs = 200
const maxBackOffMs = 10_000

/**
 * Makes one attempt after the other until one succeeds, or no further one may be made. Rejects with
 * the last failure, or with the reason of the signal.
 */
export async function send<Result>(
  attempt: (signal: AbortSignal) => Promise<Result>,
  { isRepeatable, retries, timeoutMs, signal, line, onBusy }: SendOptions,
): Promise<Result> {
  const end = performance.now() + timeoutMs
  const timeout = new AbortController()
  const timer = setTimeout(
    () => timeout.abort(new Error(`the ${timeoutMs} ms that it may take are over`)),
    timeoutMs,
  )
  const stop = signal ? AbortSignal.any([signal, timeout.signal]) : timeout.signal

  let leave: (() => void) | undefined
  let failures = 0
  let refusals = 0

  try {
    for (;;) {
      signal?.throwIfAborted()
      try {
        return await attempt(stop)
      } catch (error) {
        signal?.throwIfAborted()
        // Not a failure: the time of the call alone limits how long it waits for its turn.
        const isWaiting = line !== undefined && isBusy(error)
        const tries = isWaiting ? ++refusals : ++failures
        const waitUntil = performance.now() + backOff(tries) + retryAfterOf(error)
        const isLast = failures > retries || waitUntil >= end
        if (isLast || !mayRepeat(error, isRepeatable)) {
          throw error
        }
        if (isWaiting) {
          onBusy?.()
          leave ??= await line(stop).catch(() => {
            throw signal?.aborted ? signal.reason : error
          })
        }
        await sleep(Math.max(0, waitUntil - performance.now()), stop)
      }
    }
  } finally {
    clearTimeout(timer)
    leave?.()
  }
}

const isBusy = (error: unknown) => error instanceof ProblemError && error.problem.code === 'busy'

/** Doubled each time, with full jitter: clients that failed together do not come back together. */
const backOff = (failures: number) =>
  Math.random() * Math.min(maxBackOffMs, firstBackOffMs * 2 ** (failures - 1))

const retryAfterOf = (error: unknown): number =>
  error instanceof ProblemError || error instanceof AnswerError ? (error.retryAfterMs ?? 0) : 0

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

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  const stop = () => reject(signal.reason)
  signal.addEventListener('abort', stop)
  try {
    await promise
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}
