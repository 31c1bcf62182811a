import type { IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { problemBody, Refusal } from './endpoint/problem-bodies.ts'
import type { Answer } from './endpoint/sql-request.ts'

/** Neon's own words, each with its status. `control-plane-retryable` has hosted Neon's extra key. */
const refusals = {
  'connection-closed': [400, 'connection closed'],
  quota: [
    402,
    'Your account or project has exceeded the compute time quota. Upgrade your plan to increase limits.',
  ],
  'rate-limit': [429, 'Too many connections to this endpoint. Please try again later.'],
  'control-plane': [500, 'Control plane request failed'],
  'control-plane-retryable': [500, 'Control plane request failed'],
  'compute-unreachable': [500, "Couldn't connect to compute node"],
  unavailable: [503, 'Control plane request failed'],
  'response-too-large': [507, 'response is too large (max is 67108864 bytes)'],
} as const

type RefusalName = keyof typeof refusals

/**
 * What goes wrong with one request: `latency=MS` holds the answer back, `wake-up=MS` the statement,
 * as a suspended database does. `html` and `truncated-json` spoil the answer; of these two only the
 * second runs the statement. `reset-before` hangs up before the statement runs, `reset-after` once
 * it is committed. The others refuse the request in Neon's words.
 */
export type Fault =
  | `latency=${number}`
  | `wake-up=${number}`
  | 'html'
  | 'truncated-json'
  | 'reset-before'
  | 'reset-after'
  | RefusalName

/** Which fault a request meets, if any. Nothing in a query can choose one. */
export type ChooseFault = (request: IncomingMessage) => Fault | undefined

/**
 * The fault that a request asks for by its header `Neon-Local-Fault`, else by its route, as
 * `/sql?fault=…`: the header spoils one request, the route every request of a client.
 */
export const requestedFault: ChooseFault = (request) => {
  const { searchParams } = new URL(request.url ?? '', 'http://localhost')
  const wanted = request.headers['neon-local-fault'] ?? searchParams.get('fault') ?? undefined

  if (wanted !== undefined && !isFault(wanted)) {
    throw new Refusal(400, `there is no fault of this name; there are ${names.join(', ')}`)
  }
  return wanted
}

const names = [
  'latency=MS',
  'wake-up=MS',
  'html',
  'truncated-json',
  'reset-before',
  'reset-after',
  ...Object.keys(refusals),
]

const isFault = (text: unknown): text is Fault =>
  typeof text === 'string' &&
  (isRefusal(text) || (names.includes(text) && !text.endsWith('=MS')) || delay.test(text))

const isRefusal = (text: string): text is RefusalName => Object.hasOwn(refusals, text)

const delay = /^(latency|wake-up)=(\d{1,6})$/

/** The answer as the fault leaves it; undefined to hang up. */
export async function spoil(
  fault: Fault,
  answer: () => Promise<Answer>,
  signal: AbortSignal,
): Promise<Answer | undefined> {
  if (isRefusal(fault)) {
    return refuse(fault)
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
