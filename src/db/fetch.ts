import { ServiceError } from '../errors.ts'
import { outcomeOf, reasonOf } from './outcome.ts'

/** Well under the ten seconds after which people reload, well over a cold start of the database. */
const deadlineMs = 5_000

/**
 * The driver's way to the database: one request with a deadline, which the driver itself lacks.
 *
 * Throws `database-unavailable` when the statement surely did not take effect, and
 * `outcome-unknown` when it may have. An error of the statement itself is left to the driver.
 */
export async function fetchFromNeon(url: string, init: RequestInit) {
  const { status, text, body } = await exchange(url, init)
  const outcome = outcomeOf(status, body)

  if (outcome === 'not-run') {
    throw new ServiceError('database-unavailable', 'The database does not answer at the moment.', {
      reason: reasonOf(status, body),
    })
  }
  if (outcome === 'unknown') {
    throw outcomeUnknown(reasonOf(status, body))
  }
  return { ok: status === 200, status, json: async () => body, text: async () => text }
}

// The body is read here, inside the deadline: the driver would wait for it without end.
async function exchange(url: string, init: RequestInit) {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(deadlineMs) })
    const text = await response.text()
    return { status: response.status, text, body: parse(text) }
  } catch (error) {
    // Of the error only its kind goes further: its message may quote the connection.
    const isTimeout = error instanceof Error && error.name === 'TimeoutError'
    throw outcomeUnknown(isTimeout ? 'deadline' : 'network')
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const outcomeUnknown = (reason: string) =>
  new ServiceError(
    'outcome-unknown',
    'The database did not answer in time, so the change may or may not have been made.',
    { reason },
  )
