import type { IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { delay, type Fault } from '../faults.ts'
import { readCredentials, wrongPassword } from './credentials.ts'
import { isRefusal, type RefusalName, refusals } from './fault-refusals.ts'
import { firstHeader } from './first-header.ts'
import { problemBody, Refusal } from './problem-bodies.ts'
import type { Answer } from './sql-request.ts'

/** The answer as the fault leaves it; undefined to hang up. */
export async function spoil(
  fault: Fault,
  request: IncomingMessage,
  answer: () => Promise<Answer>,
  signal: AbortSignal,
): Promise<Answer | undefined> {
  if (isRefusal(fault)) {
    return refuse(fault)
  }
  if (fault === 'login-refused') {
    throw wrongPassword(readCredentials(firstHeader(request)).user)
  }
  const [, kind = fault, milliseconds] = delay.exec(fault) ?? []
  const wait = () => sleep(Number(milliseconds), undefined, { signal }).catch(() => {})

  switch (kind) {
    case 'html':
      return { status: 502, headers: { 'Content-Type': 'text/html' }, body: '<h1>Bad Gateway</h1>' }
    case 'reset-before':
      return undefined
    case 'wake-up':
      await wait()
      return answer()
  }
  const spoiled = await answer()
  switch (kind) {
    case 'reset-after':
      await spoiled.afterwards?.()
      return undefined
    case 'truncated-json':
      return { ...spoiled, body: spoiled.body.slice(0, spoiled.body.length / 2) }
    default:
      await wait()
      return spoiled
  }
}

function refuse(name: RefusalName): Answer {
  const [status, message] = refusals[name]
  const body = problemBody(new Refusal(status, message))
  const isRetryable = name === 'control-plane-retryable'
  return {
    status,
    headers: {},
    body: isRetryable ? body.replace(/}$/, ',"neon:retryable":true}') : body,
  }
}
