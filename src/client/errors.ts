import type { ValidationFault } from '../errors.ts'
import { type ProblemCode, problems } from '../problem-statuses.ts'

type ProblemOf<Code extends ProblemCode> = {
  code: Code
  type: `/problems/${Code}`
  title: string
  status: (typeof problems)[Code]['status']
  detail: string
  /** The id of the request, under which the log of the service has more. */
  instance: string
  errors?: readonly ValidationFault[]
}

/** What the service says of a failure (RFC 9457). Its `code` tells them apart. */
export type Problem = { [Code in ProblemCode]: ProblemOf<Code> }[ProblemCode]

/** The service refused the request, or could not answer it, and says why. */
export class ProblemError extends Error {
  override name = 'ProblemError' as const
  readonly problem: Problem
  readonly retryAfterMs: number | undefined

  constructor(problem: Problem, retryAfterMs?: number) {
    super([problem.detail, ...(problem.errors ?? []).map(describe)].join(' '))
    this.problem = problem
    this.retryAfterMs = retryAfterMs
  }
}

/** What came is no answer of the service: a proxy's page, say, or a problem that is newer than this. */
export class AnswerError extends Error {
  override name = 'AnswerError' as const
  readonly status: number
  /** As it came. */
  readonly text: string
  readonly retryAfterMs: number | undefined

  constructor(status: number, text: string, retryAfterMs?: number) {
    super(`The answer, with status ${status}, is not one of the users service.`)
    this.status = status
    this.text = text
    this.retryAfterMs = retryAfterMs
  }
}

/** No answer came, or it broke off. What was to be written may be written all the same. */
export class ConnectionError extends Error {
  override name = 'ConnectionError' as const

  constructor(cause: unknown) {
    super(`The users service gave no whole answer: ${reasonOf(cause)}.`, { cause })
  }
}

export function isProblem(value: unknown): value is Problem {
  if (!isObject(value) || !isCode(value['code'])) {
    return false
  }
  const { code, type, title, status, detail, instance, errors = [] } = value
  return (
    type === `/problems/${code}` &&
    status === problems[code].status &&
    [title, detail, instance].every((text) => typeof text === 'string') &&
    Array.isArray(errors) &&
    errors.every((fault) => isObject(fault) && typeof fault['detail'] === 'string')
  )
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

const isCode = (value: unknown): value is ProblemCode =>
  typeof value === 'string' && Object.hasOwn(problems, value)

function describe(fault: ValidationFault): string {
  const { detail, ...place } = fault
  return `${Object.values(place).join('') || 'The body'} ${detail}.`
}

/** Node hides what happened in the cause of a `TypeError: fetch failed`. */
function reasonOf(error: unknown): unknown {
  if (!(error instanceof Error)) {
    return error
  }
  const { cause } = error
  return isObject(cause) ? (cause['code'] ?? cause['message'] ?? error.message) : error.message
}
