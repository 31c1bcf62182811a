import { newContext, requestContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { createBreaker } from './breaker.ts'
import { isOfPostgres, isPassing, outcomeOf, reasonOf } from './outcome.ts'

/**
 * For all attempts together. It is well below the ten seconds after which people reload, well above
 * a cold start of the database, and above the statement_timeout of the Worker's role, which
 * `scripts/postgres/worker-role.ts` sets.
 */
const deadlineMs = 5_000

/**
 * The longest pauses before the second and the third attempt. Each takes a random part of it, so
 * that requests that failed together are not repeated together.
 */
const pausesMs = [100, 300]

/**
 * How much time a further attempt needs. A write needs as long as PostgreSQL lets it run, so that
 * it never goes on when nobody waits for it any more.
 */
const minReadMs = 1_000
const minWriteMs = 4_000

const breaker = createBreaker(deadlineMs)

/**
 * How the driver reaches the database: a request with a deadline, repeated within it when that is
 * safe, as it is for reads and for writes under an idempotency key. The driver itself has neither
 * deadline nor retries.
 *
 * Throws `database-unavailable` when the statement certainly did not take effect, and
 * `outcome-unknown` when it may have: a 503 and a 504 (`problem-statuses.ts`), and for a read a 503
 * in both cases (`http/problems.ts`). An error of the statement itself is left to the driver.
 */
export async function fetchFromNeon(url: string, init: RequestInit): Promise<DriverResponse> {
  const context = requestContext.getStore() ?? newContext(false)
  const request = { ...init, signal: AbortSignal.timeout(deadlineMs) }
  const start = Date.now()
  let failure: ServiceError | undefined
  let mayHaveRun = false

  try {
    for (let attempt = 0; !breaker.isOpen(); attempt += 1) {
      context.attempts += 1
      const { reply, failed, isAnswer, mayPass } = await ask(url, request)
      if (isAnswer) {
        breaker.answered()
      } else {
        breaker.failed(context.isCostly ? 0 : Date.now() - start)
      }
      if (reply) {
        return reply
      }
      failure = failed
      // A later refusal does not tell what became of an earlier attempt.
      mayHaveRun ||= failed.code === 'outcome-unknown'
      const pauseMs = Math.random() * (pausesMs[attempt] ?? Number.POSITIVE_INFINITY)
      const leftMs = deadlineMs - (Date.now() - start + pauseMs)
      const isInTime = leftMs > (context.isRepeatable ? minReadMs : minWriteMs)
      if (!mayPass || !isInTime || (mayHaveRun && !context.isRepeatable)) {
        break
      }
      await sleep(pauseMs)
    }
    throw mayHaveRun ? outcomeUnknown(failure?.reason) : (failure ?? unavailable('shed'))
  } finally {
    context.databaseMs += Date.now() - start
  }
}

/** `isAnswer` tells whether PostgreSQL itself answered, and so is alive. */
type Attempt = { isAnswer: boolean } & (
  | { reply: DriverResponse; failed?: undefined; mayPass?: undefined }
  | { reply?: undefined; failed: ServiceError; mayPass: boolean }
)

/** As much of a Response as the driver reads. */
type DriverResponse = {
  ok: boolean
  status: number
  json: () => Promise<unknown>
  text: () => Promise<string>
}

async function ask(url: string, request: RequestInit): Promise<Attempt> {
  try {
    const response = await fetch(url, request)
    // Read here, within the deadline: the driver would wait for it for ever.
    const text = await response.text()
    return read(response.status, text)
  } catch (error) {
    // Only the kind of the error is passed on: its message may quote the connection string.
    const isTimeout = error instanceof Error && error.name === 'TimeoutError'
    const failed = outcomeUnknown(isTimeout ? 'deadline' : 'network')
    return { failed, isAnswer: false, mayPass: !isTimeout }
  }
}

function read(status: number, text: string): Attempt {
  const body = parse(text)
  const outcome = outcomeOf(status, body)
  if (outcome === 'executed') {
    const reply = { ok: status === 200, status, json: async () => body, text: async () => text }
    return { reply, isAnswer: true }
  }
  const failed = outcome === 'not-run' ? unavailable : outcomeUnknown
  return {
    failed: failed(reasonOf(status, body)),
    isAnswer: outcome === 'not-run' && isOfPostgres(status, body),
    mayPass: isPassing(status, body),
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const unavailable = (reason: string) =>
  new ServiceError('database-unavailable', 'The database does not answer at the moment.', {
    reason,
  })

const outcomeUnknown = (reason = 'unknown') =>
  new ServiceError(
    'outcome-unknown',
    'The database did not answer in time, so the change may or may not have been made.',
    { reason },
  )

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
