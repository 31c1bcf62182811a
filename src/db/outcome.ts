/**
 * What an answer of Neon says of the statement: it was `executed` (and may have failed by its own
 * fault), it was surely `not-run` or undone, or that is `unknown`.
 */
export type Outcome = 'executed' | 'not-run' | 'unknown'

/** Class 57P is the operator's: shut down, crashed; but 57P03 refuses a login. Class 08 is a connection's. */
const connectionLost = /^(57P(?!03)|08|40003)/

/** What the proxy says, without a SQLSTATE, of a connection that it had. */
const lostByProxy = /^(connection closed|error communicating|unexpected message|Query cancelled)/

/**
 * Too few resources, a transaction to try again, a deadline of PostgreSQL, a primary that has become
 * a replica: undone each time. Or there was no session to begin with.
 */
const rolledBack = /^(53|40001|40P01|57014|55P03|25006|25P0[34]|57P03|3D000)/

/** What Neon's proxy answers before it has a connection: over quota, too large, too many, cannot connect. */
const beforeConnecting = [402, 413, 429, 500]

/** Reads the fate of a statement from the status and the body of Neon's answer. */
export function outcomeOf(status: number, body: unknown): Outcome {
  if (!isObject(body)) {
    // Not Neon's words: a proxy on the way failed, perhaps after the statement had run.
    return 'unknown'
  }
  if (status === 200) {
    return areAll(body['results'] ?? [body], isResult) ? 'executed' : 'unknown'
  }
  // Every error of Neon has both. Others on the way say `message` too, perhaps after it has run.
  if (typeof body['message'] !== 'string' || !('code' in body)) {
    return 'unknown'
  }
  if (status === 400) {
    return outcomeOfError(body['code'], body['message'])
  }
  return beforeConnecting.includes(status) ? 'not-run' : 'unknown'
}

function outcomeOfError(code: unknown, message: string): Outcome {
  if (typeof code !== 'string' || code === '') {
    // Without a SQLSTATE it is the proxy that speaks: of a connection that it lost, else of
    // credentials and headers, which it reads before it connects.
    return lostByProxy.test(message) ? 'unknown' : 'not-run'
  }
  if (connectionLost.test(code)) {
    return 'unknown'
  }
  return rolledBack.test(code) ? 'not-run' : 'executed'
}

/** As much of it as the driver relies on: it would fail over anything else, as if by a fault of ours. */
const isResult = (value: unknown) =>
  isObject(value) && areAll(value['rows'], isObject) && areAll(value['fields'], isObject)

const areAll = (values: unknown, isOne: (value: unknown) => boolean) =>
  Array.isArray(values) && values.every(isOne)

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

const sqlStateOf = (body: unknown): string | undefined =>
  isObject(body) && typeof body['code'] === 'string' && /^[0-9A-Z]{5}$/.test(body['code'])
    ? body['code']
    : undefined

/** For the log: the SQLSTATE when there is one, and the status of the answer. */
export const reasonOf = (status: number, body: unknown): string =>
  ['neon', status, sqlStateOf(body)].filter((part) => part !== undefined).join(' ')

/** Whether these are words of PostgreSQL on a statement. Of a login they are the proxy's, with a 500. */
export const isOfPostgres = (status: number, body: unknown): boolean =>
  status === 400 && sqlStateOf(body) !== undefined

/** Neon is over its quota, throttles, or does not let this role in: it will say so again. */
const lastingStatuses = [402, 413, 429, 507]

/** A conflict with another transaction, a server that starts or has no session to spare. */
const passingCodes = /^(57P0[123]|08\w{3}|53300|40001|40P01)$/

/** Whether the same statement may well succeed in a moment. */
export function isPassing(status: number, body: unknown): boolean {
  if (lastingStatuses.includes(status)) {
    return false
  }
  const code = isObject(body) ? body['code'] : ''
  if (typeof code === 'string' && code !== '') {
    return passingCodes.test(code)
  }
  // In the proxy's words: a connection that it lost, or did not get. Credentials are a 400 as well.
  return status !== 400 || (isObject(body) && lostByProxy.test(String(body['message'])))
}
