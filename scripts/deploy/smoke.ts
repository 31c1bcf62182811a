import { setTimeout as sleep } from 'node:timers/promises'
import { CommandError } from '../command/command.ts'

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

type Answer = { status: number; body: unknown; text: string }

const requestTimeoutMs = 10_000
/** Below the rate limit of the service for one address. */
const pauseMs = 1_000

/** How many answers in a row must come from the new version before it counts as deployed everywhere. */
const answersInARow = 5

/**
 * Checks that this version answers and works. With `byHeader` it sends the header that reaches a version
 * without traffic. If that header does not apply, the old version answers without an error, so the id is
 * compared.
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
  await waitUntilReady(target, versionId, headers)
  await checkWork(target, versionId, headers)
}

/** Throws CommandError. */
export async function waitUntilReady(
  { url, waitMs, stop }: SmokeTarget,
  versionId: string,
  headers: Record<string, string> = {},
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
    if (good >= answersInARow) {
      return
    }
    if (last !== '' && Date.now() >= deadline) {
      throw new CommandError(
        `${url}/readyz was not as it must be for ${waitMs / 1_000} s: ${last}.`,
      )
    }
    await sleep(last === '' ? pauseMs / 5 : pauseMs, undefined, { signal: stop })
  }
}

function faultOf({ status, body }: Answer, versionId: string): string | undefined {
  const { type, versionId: answering } = Object(body)
  if (status !== 200) {
    return `it answered ${status}${typeof type === 'string' ? ` ${type}` : ''}`
  }
  return answering === versionId ? undefined : `the version ${answering} answered`
}

/** One path of each kind: public, open to a key, and closed without one. */
async function checkWork(
  { url, key }: SmokeTarget,
  versionId: string,
  headers: Record<string, string>,
) {
  await expectAnswer(`${url}/users?limit=1`, { ...headers, ...authorization(key) }, isRead)
  await expectAnswer(`${url}/users?limit=1`, headers, ({ status }) => status === 401)
  // Last, to be sure that the earlier answers came from this version too.
  await expectAnswer(
    `${url}/livez`,
    headers,
    ({ status, body }) => status === 200 && Object(body).versionId === versionId,
  )
}

const authorization = (key: string) => ({ Authorization: `Bearer ${key}` })

/** A service without users is healthy. */
const isRead = ({ status, body }: Answer): boolean =>
  (status === 200 && Array.isArray(body)) ||
  (status === 404 && Object(body).type === '/problems/no-users')

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
  return { status: response.status, body: parse(text), text }
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

/** Keeps reading for this time. Throws when two reads in a row fail; one may be the network's fault. */
export async function watch({ url, key, stop }: SmokeTarget, ms: number): Promise<void> {
  const end = Date.now() + ms
  let hasFailed = false
  do {
    hasFailed = await expectAnswer(`${url}/users?limit=1`, authorization(key), isRead).then(
      () => false,
      (error: unknown) => {
        if (hasFailed) {
          throw error
        }
        return true
      },
    )
    await sleep(Math.min(pauseMs / 2, Math.max(0, end - Date.now())), undefined, { signal: stop })
  } while (Date.now() < end || hasFailed)
}

/** Whether the service refuses the key. Any other answer says nothing about the key. */
export const isRefused = ({ url, key }: Pick<SmokeTarget, 'url' | 'key'>): Promise<boolean> =>
  ask(`${url}/users?limit=1`, authorization(key)).then(
    ({ status }) => status === 401 || status === 403,
    () => false,
  )

/** Whether a service answers there. Cloudflare's own answer, where there is no Worker, does not count. */
export const isAnswered = (url: string): Promise<boolean> =>
  ask(`${url}/livez`, {}).then(
    ({ status, text }) => status < 520 && !/^error code: \d+/.test(text),
    () => false,
  )
