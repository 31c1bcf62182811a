import { setTimeout as sleep } from 'node:timers/promises'
import { CommandError } from '../command.ts'

export type SmokeTarget = {
  url: string
  /** The Worker's name, for the header. */
  name: string
  /** An API key or an access token with the scope users:read. */
  key: string
  /** How long a version may take to answer. */
  waitMs: number
  stop?: AbortSignal
}

type Answer = { status: number; body: unknown }

const requestTimeoutMs = 10_000
const pauseMs = 500

/** Of answers in a row from the new version, before it is believed to be everywhere. */
const answersInARow = 5

/**
 * Makes sure that this version answers and works. With `byHeader` it is asked by the header that
 * reaches a version of which the public sees nothing: a header that does not apply is no error, the
 * old version then answers, so the id is compared.
 *
 * Throws CommandError, which says what was wrong last.
 */
export async function smoke(
  target: SmokeTarget,
  versionId: string,
  { byHeader }: { byHeader: boolean },
): Promise<void> {
  const headers: Record<string, string> = byHeader
    ? { 'Cloudflare-Workers-Version-Overrides': `${target.name}="${versionId}"` }
    : {}
  await waitUntilReady(target, versionId, headers, byHeader ? 1 : answersInARow)
  await checkWork(target, headers)
}

/** Throws CommandError. */
export async function waitUntilReady(
  { url, waitMs, stop }: SmokeTarget,
  versionId: string,
  headers: Record<string, string> = {},
  inARow = answersInARow,
): Promise<void> {
  const deadline = Date.now() + waitMs
  let last = 'no answer'
  let good = 0

  for (;;) {
    last = await ask(`${url}/readyz`, headers).then(
      (answer) => faultOf(answer, versionId) ?? '',
      (error: unknown) => reasonOf(error),
    )
    good = last === '' ? good + 1 : 0
    if (good >= inARow) {
      return
    }
    if (last !== '' && Date.now() >= deadline) {
      throw new CommandError(
        `${url}/readyz was not as it must be for ${waitMs / 1_000} s: ${last}.`,
      )
    }
    await sleep(last === '' ? 50 : pauseMs, undefined, { signal: stop })
  }
}

function faultOf({ status, body }: Answer, versionId: string): string | undefined {
  const { type, versionId: answering } = Object(body)
  if (status !== 200) {
    return `it answered ${status}${typeof type === 'string' ? ` ${type}` : ''}`
  }
  return answering === versionId ? undefined : `the version ${answering} answered`
}

/** One path of each kind: what is public, what a key opens, and what stays shut without one. */
async function checkWork({ url, key }: SmokeTarget, headers: Record<string, string>) {
  const authorized = { ...headers, Authorization: `Bearer ${key}` }

  await expectAnswer(`${url}/livez`, headers, ({ status }) => status === 200)
  await expectAnswer(
    `${url}/users?limit=1`,
    authorized,
    // A service without users is healthy.
    ({ status, body }) =>
      (status === 200 && Array.isArray(body)) ||
      (status === 404 && Object(body).type === '/problems/no-users'),
  )
  await expectAnswer(`${url}/users?limit=1`, headers, ({ status }) => status === 401)
}

async function expectAnswer(
  address: string,
  headers: Record<string, string>,
  isGood: (answer: Answer) => boolean,
): Promise<void> {
  const answer = await ask(address, headers).catch((error: unknown) => {
    throw new CommandError(`${address} did not answer: ${reasonOf(error)}.`)
  })
  if (!isGood(answer)) {
    const { status, body } = answer
    const { type = '' } = Object(body)
    const who = 'Authorization' in headers ? 'with EDGE_USERS_KEY' : 'without a key'
    throw new CommandError(`${address} ${who} answered ${status} ${type}`.trimEnd().concat('.'))
  }
}

async function ask(address: string, headers: Record<string, string>): Promise<Answer> {
  const response = await fetch(address, {
    headers,
    redirect: 'manual',
    signal: AbortSignal.timeout(requestTimeoutMs),
  })
  const text = await response.text()
  return { status: response.status, body: parse(text) }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const reasonOf = (error: unknown): string => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const { code, message } = Object(cause)
  return String(code ?? message ?? cause)
}

/** Reads on for so long, and throws at the first answer that is the service's fault. */
export async function watch({ url, key, stop }: SmokeTarget, ms: number): Promise<void> {
  const end = Date.now() + ms
  do {
    await expectAnswer(
      `${url}/users?limit=1`,
      { Authorization: `Bearer ${key}` },
      ({ status }) => status < 500,
    )
    await sleep(Math.min(pauseMs, Math.max(0, end - Date.now())), undefined, { signal: stop })
  } while (Date.now() < end)
}
