import type { IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { readCredentials, wrongPassword } from './endpoint/credentials.ts'
import { firstHeader } from './endpoint/first-header.ts'
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
 * it is committed. The others refuse the request in Neon's words, and run nothing.
 */
export type Fault =
  | `latency=${number}`
  | `wake-up=${number}`
  | 'html'
  | 'truncated-json'
  | 'reset-before'
  | 'reset-after'
  | 'login-refused'
  | RefusalName

/** What a fault can be chosen by: nothing of the body, so no query can switch one on. */
export type FaultRequest = {
  url?: string | undefined
  headers: Readonly<Record<string, string | string[] | undefined>>
}

/** Which fault a request meets, if any. */
export type ChooseFault = (request: FaultRequest) => Fault | undefined

/** Faults that a test switches on and off while the endpoint runs. */
export type Faults = {
  /** What goes wrong with the next requests, one after the other, behind those that wait already. */
  next(...faults: readonly Fault[]): void
  /** What goes wrong with every request, but for those of `next`, until `clear`. */
  always(fault: Fault): void
  /** From now on all goes well. */
  clear(): void
  /** For the endpoint. */
  choose: ChooseFault
}

export function createFaults(): Faults {
  let waiting: readonly Fault[] = []
  let lasting: Fault | undefined

  return {
    next: (...faults) => {
      waiting = [...waiting, ...faults].map(requireFault)
    },
    always: (fault) => {
      lasting = requireFault(fault)
    },
    clear: () => {
      waiting = []
      lasting = undefined
    },
    choose: () => {
      const [first, ...rest] = waiting
      waiting = rest
      return first ?? lasting
    },
  }
}

/**
 * The fault that a request asks for by its header `Neon-Local-Fault`, else by its route, as
 * `/sql?fault=…`: the header spoils one request, the route every request of a client.
 */
export const requestedFault: ChooseFault = (request) => {
  const { searchParams } = new URL(request.url ?? '', 'http://localhost')
  const wanted = request.headers['neon-local-fault'] ?? searchParams.get('fault') ?? undefined

  if (wanted !== undefined && !isFault(wanted)) {
    throw new Refusal(400, unknownFault)
  }
  return wanted
}

/** A fault of a project without TypeScript may be none. */
function requireFault(fault: Fault): Fault {
  if (!isFault(fault)) {
    throw new TypeError(`${fault}: ${unknownFault}`)
  }
  return fault
}

const names = [
  'latency=MS',
  'wake-up=MS',
  'html',
  'truncated-json',
  'reset-before',
  'reset-after',
  'login-refused',
  ...Object.keys(refusals),
]

const unknownFault = `there is no fault of this name; there are ${names.join(', ')}`

const isFault = (text: unknown): text is Fault =>
  typeof text === 'string' &&
  (isRefusal(text) || (names.includes(text) && !text.endsWith('=MS')) || delay.test(text))

const isRefusal = (text: string): text is RefusalName => Object.hasOwn(refusals, text)

const delay = /^(latency|wake-up)=(\d{1,6})$/

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
