import { AnswerError, ConnectionError, ProblemError } from '../../src/client.ts'

/** A failure for people, in the words of the service. */
export type Failure = {
  title: string
  text: string
  /** The page that says what to do. */
  page?: string
  /** Under which the log has more. */
  requestId?: string
}

/** What a form shows beside a field. */
export type FieldFaults = Readonly<Record<string, string>>

export function describeFailure(error: unknown): Failure {
  if (error instanceof ProblemError) {
    const { title, detail, type, instance, errors = [] } = error.problem
    const faults = errors.map(
      ({ detail, ...place }) => `${Object.values(place).join('') || 'It'} ${detail}.`,
    )
    return { title, text: [detail, ...faults].join(' '), page: type, requestId: instance }
  }
  if (error instanceof ConnectionError) {
    return {
      title: 'No answer',
      text: `${error.message} Are you online, and does the service run?`,
    }
  }
  if (error instanceof AnswerError) {
    return { title: 'Not the users service', text: `${error.message} Something stands between.` }
  }
  // Of the files' readers, whose messages are for people as well.
  return {
    title: 'This did not work',
    text: error instanceof Error ? error.message : String(error),
  }
}

export const codeOf = (error: unknown): string | undefined =>
  error instanceof ProblemError ? error.problem.code : undefined

/** What is wrong with which field, for a problem that says so. */
export function fieldFaultsOf(error: unknown): FieldFaults {
  if (!(error instanceof ProblemError)) {
    return {}
  }
  const { code, detail, errors = [] } = error.problem
  if (code === 'email-taken') {
    return { email: detail }
  }
  return Object.fromEntries(
    errors.flatMap((fault) =>
      'pointer' in fault && fault.pointer !== ''
        ? [[fault.pointer.slice(1), sentence(fault.detail)]]
        : [],
    ),
  )
}

/** `must not be empty` becomes `Must not be empty.` */
export const sentence = (detail: string): string =>
  `${detail.charAt(0).toUpperCase()}${detail.slice(1)}${/[.?!]$/.test(detail) ? '' : '.'}`

export const isAbort = (error: unknown, signal: AbortSignal): boolean =>
  signal.aborted && error === signal.reason
