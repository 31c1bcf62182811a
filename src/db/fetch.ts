import { requestContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { createBreaker } from './breaker.ts'
import { isPassing, outcomeOf, reasonOf } from './outcome.ts'

/**
 * Of all attempts together: well under the ten seconds after which people reload, well over a cold
 * start of the database, and over the statement_timeout of the Worker's role.
 */
const deadlineMs = 5_000

/** At most, before the second and the third attempt: a random part of it, so that who failed together parts. */
const pausesMs = [100, 300]

/**
 * What a further attempt must have left. That of a write lasts as long as PostgreSQL lets it run, so
 * that none goes on when nobody waits any more.
 */
const minReadMs = 1_000
const minWriteMs = 4_000

const breaker = createBreaker(deadlineMs)

/**
 * The driver's way to the database: a request with a deadline, within which it is made again when
 * that is safe. The driver itself has neither.
 *
 * Throws `database-unavailable` when the statement surely did not take effect, and
 * `outcome-unknown` when it may have. An error of the statement itself is left to the driver.
 */
export async function fetchFromNeon(url: string, init: RequestInit): Promise<DriverResponse> {
  const context = requestContext.getStore() ?? { isRepeatable: false, attempts: 0, databaseMs: 0 }
  const request = { ...init, signal: AbortSignal.timeout(deadlineMs) }
  const start = Date.now()
  let mayHaveRun = false

  try {
    for (let attempt = 0; ; attempt += 1) {
      context.attempts += 1
      const { reply, failure, mayPass } = await ask(url, request, attempt === 0)
      if (reply) {
        return reply
      }
      // What one attempt has left unknown, no later refusal makes known.
      mayHaveRun ||= failure.code === 'outcome-unknown'
      const pauseMs = Math.random() * (pausesMs[attempt] ?? Number.POSITIVE_INFINITY)
      const leftMs = deadlineMs - (Date.now() - start + pauseMs)
      const isInTime = leftMs > (context.isRepeatable ? minReadMs : minWriteMs)
      if (!mayPass || !isInTime || (mayHaveRun && !context.isRepeatable)) {
        throw mayHaveRun ? outcomeUnknown(failure.reason) : failure
      }
      await sleep(pauseMs)
    }
  } finally {
    context.databaseMs += Date.now() - start
  }
}

type Attempt =
  | { reply: DriverResponse; failure?: undefined; mayPass?: undefined }
  | { reply?: undefined; failure: ServiceError; mayPass: boolean }

/** As much of a Response as the driver reads. */
type DriverResponse = {
  ok: boolean
  status: number
  json: () => Promise<unknown>
  text: () => Promise<string>
}

/** A deadline that began with an earlier attempt says nothing of the database. */
async function ask(url: string, request: RequestInit, hasFullTime: boolean): Promise<Attempt> {
  if (breaker.isOpen()) {
    return { failure: unavailable('shed'), mayPass: false }
  }
  try {
    const response = await fetch(url, request)
    // Read here, inside the deadline: the driver would wait for it without end.
    const text = await response.text()
    breaker.answered()
    return read(response.status, text)
  } catch (error) {
    // Of the error only its kind goes further: its message may quote the connection.
    const isTimeout = error instanceof Error && error.name === 'TimeoutError'
    const how = isTimeout ? 'deadline' : 'network'
    if (!isTimeout || hasFullTime) {
      breaker.failed(how)
    }
    return { failure: outcomeUnknown(how), mayPass: !isTimeout }
  }
}

function read(status: number, text: string): Attempt {
  const body = parse(text)
  const outcome = outcomeOf(status, body)
  if (outcome === 'executed') {
    return { reply: { ok: status === 200, status, json: async () => body, text: async () => text } }
  }
  const failed = outcome === 'not-run' ? unavailable : outcomeUnknown
  return { failure: failed(reasonOf(status, body)), mayPass: isPassing(status, body) }
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
