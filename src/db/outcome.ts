/**
 * What an answer of Neon says about the statement: it was `executed` (perhaps with an error of its
 * own), it certainly did `not-run` or was undone, or neither is certain: `unknown`.
 */
export type Outcome = 'executed' | 'not-run' | 'unknown'

/**
 * Class 57P is an intervention (shutdown, crash), but 57P03 refuses a login. Class 08 is about
 * connections.
 */
const connectionLost = /^(57P(?!03)|08|40003)/

/** What the proxy says, without a SQLSTATE, when it loses a connection. */
const lostByProxy = /^(connection closed|error communicating|unexpected message|Query cancelled)/

/**
 * Too few resources, a transaction to retry, a timeout of PostgreSQL, a primary that has become a
 * replica: the statement was undone each time. Or there was no session to begin with.
 */
const rolledBack = /^(53|40001|40P01|57014|55P03|25006|25P0[34]|57P03|3D000)/

/** Statuses of Neon's proxy before it connects: over quota, too large, too many, cannot connect. */
const beforeConnecting = [402, 413, 429, 500]

/** Tells from the status and the body of Neon's answer what became of the statement. */
export function outcomeOf(status: number, body: unknown): Outcome {
  if (!isObject(body)) {
    // Not from Neon: a proxy on the way failed, perhaps after the statement had run.
    return 'unknown'
  }
  if (status === 200) {
    return areAll(body['results'] ?? [body], isResult) ? 'executed' : 'unknown'
  }
  // Every error of Neon has both. Proxies on the way may send a `message` too, after it has run.
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
    // Without a SQLSTATE the proxy speaks: about a connection that it lost, or else about
    // credentials and headers, which it checks before it connects.
    return lostByProxy.test(message) ? 'unknown' : 'not-run'
  }
  if (connectionLost.test(code)) {
    return 'unknown'
  }
  return rolledBack.test(code) ? 'not-run' : 'executed'
}

/** Checks what the driver relies on: over anything else it would fail as if by a bug of ours. */
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

/** Whether PostgreSQL said this about a statement. About a login the proxy says it, with a 500. */
export const isOfPostgres = (status: number, body: unknown): boolean =>
  status === 400 && sqlStateOf(body) !== undefined

/** Over quota, throttled, or this role is not let in: the next answer would be the same. */
const lastingStatuses = [402, 413, 429, 507]

/** A conflict with another transaction, or a server that starts or has no free session. */
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
  // The proxy lost a connection, or did not get one. Wrong credentials are a 400 as well.
  return status !== 400 || (isObject(body) && lostByProxy.test(String(body['message'])))
}
