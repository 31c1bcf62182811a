import type { ProblemCode } from './problem-statuses.ts'

/**
 * Where a request breaks a rule: a JSON Pointer (RFC 6901) into the body, or a parameter or header.
 */
export type ValidationFault = ({ pointer: string } | { parameter: string } | { header: string }) & {
  detail: string
}

type Particulars = {
  faults?: readonly ValidationFault[]
  /** What is wrong with a credential: attributes of `WWW-Authenticate` (RFC 6750 section 3). */
  challenge?: string
  /** What else the answer tells: what would be accepted in place of this. */
  headers?: Readonly<Record<string, string>>
  /**
   * For the log alone: a fixed word, or a code of ours or of PostgreSQL. Never a text from outside.
   */
  reason?: string | undefined
}

/** A failure that the client may know about. `detail` is a whole sentence and has no secret. */
export class ServiceError extends Error {
  override name = 'ServiceError' as const
  readonly code: ProblemCode
  readonly faults: readonly ValidationFault[]
  readonly challenge: string | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly reason: string | undefined

  constructor(
    code: ProblemCode,
    detail: string,
    { faults = [], challenge, headers = {}, reason }: Particulars = {},
  ) {
    super(detail)
    this.code = code
    this.faults = faults
    this.challenge = challenge
    this.headers = headers
    this.reason = reason
  }
}

/**
 * An error and its causes. The driver keeps what its fetch threw as `sourceError`, everybody else as
 * `cause`.
 */
export function* causes(error: unknown): Generator<Error> {
  for (let cause = error; cause instanceof Error; cause = beneath(cause)) {
    yield cause
  }
}

const beneath = (error: Error): unknown =>
  ('sourceError' in error && error.sourceError) || error.cause
