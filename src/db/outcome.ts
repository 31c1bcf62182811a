/**
 * What an answer of Neon says of the statement: it was `executed` (and may have failed by its own
 * fault), it was surely `not-run` or undone, or that is `unknown`.
 */
export type Outcome = 'executed' | 'not-run' | 'unknown'

/** Class 57P is the operator's: shut down, crashed. Class 08 is a connection's. */
const connectionLost = /^(57P|08)/

/** Too few resources, a transaction to try again, a deadline of PostgreSQL: undone each time. */
const rolledBack = /^(53|40001|40P01|57014|55P03|3D000)/

/** By the statuses and bodies of Neon's proxy: it answers 500 only while it connects. */
export function outcomeOf(status: number, body: unknown): Outcome {
  if (status === 200) {
    return isObject(body) ? 'executed' : 'unknown'
  }
  if ([402, 429, 500].includes(status)) {
    return 'not-run'
  }
  if (status !== 400 || !isObject(body)) {
    return 'unknown'
  }
  return outcomeOfError(body)
}

function outcomeOfError({ code, message }: Record<string, unknown>): Outcome {
  if (typeof code !== 'string' || code === '') {
    // Without a SQLSTATE it is the proxy that speaks: of credentials and headers before it connects,
    // else of a connection that it lost.
    return isLost(message) ? 'unknown' : 'not-run'
  }
  if (connectionLost.test(code)) {
    return 'unknown'
  }
  return rolledBack.test(code) ? 'not-run' : 'executed'
}

const isLost = (message: unknown) =>
  typeof message !== 'string' ||
  /^(connection closed|error communicating|unexpected message)/.test(message)

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

/** For the log: the SQLSTATE when there is one, and the status of the answer. */
export const reasonOf = (status: number, body: unknown): string =>
  isObject(body) && typeof body['code'] === 'string' && /^[0-9A-Z]{5}$/.test(body['code'])
    ? `neon ${status} ${body['code']}`
    : `neon ${status}`
