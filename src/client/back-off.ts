import { AnswerError, ProblemError } from './errors.ts'

const firstBackOffMs = 200
const maxBackOffMs = 10_000

/** How many milliseconds to wait after the last of so many failures. */
export const pauseAfter = (error: unknown, failures: number): number =>
  backOff(failures) + retryAfterOf(error)

/** Doubled each time, with full jitter: clients that failed together do not come back together. */
const backOff = (failures: number) =>
  Math.random() * Math.min(maxBackOffMs, firstBackOffMs * 2 ** (failures - 1))

const retryAfterOf = (error: unknown): number =>
  error instanceof ProblemError || error instanceof AnswerError ? (error.retryAfterMs ?? 0) : 0

/** Rejects with the reason of the signal when it aborts. */
export async function sleepUntil(moment: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, Math.max(0, moment - performance.now()))
  const stop = () => reject(signal.reason)
  signal.addEventListener('abort', stop)
  try {
    await promise
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}
