import { isRefusal, type RefusalName, refusals } from './endpoint/fault-refusals.ts'
import { Refusal } from './endpoint/problem-bodies.ts'

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

export const faultNames = [
  'latency=MS',
  'wake-up=MS',
  'html',
  'truncated-json',
  'reset-before',
  'reset-after',
  'login-refused',
  ...Object.keys(refusals),
]

const unknownFault = `there is no fault of this name; there are ${faultNames.join(', ')}`

const isFault = (text: unknown): text is Fault =>
  typeof text === 'string' &&
  (isRefusal(text) || (faultNames.includes(text) && !text.endsWith('=MS')) || delay.test(text))

export const delay = /^(latency|wake-up)=(\d{1,6})$/
