/** Every problem that a client can receive. Codes are for ever: add, never rename or remove. */
export const problems = {
  'malformed-json': { status: 400, title: 'Malformed JSON' },
  'invalid-cursor': { status: 400, title: 'Invalid cursor' },
  'not-found': { status: 404, title: 'No such path' },
  'no-users': { status: 404, title: 'No users' },
  'user-not-found': { status: 404, title: 'No such user' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  'email-taken': { status: 409, title: 'Email taken' },
  'body-too-large': { status: 413, title: 'Body too large' },
  'unsupported-media-type': { status: 415, title: 'Unsupported media type' },
  'validation-failed': { status: 422, title: 'Validation failed' },
  'internal-error': { status: 500, title: 'Internal error' },
  'database-unavailable': { status: 503, title: 'Database unavailable' },
  'outcome-unknown': { status: 504, title: 'Outcome unknown' },
} as const satisfies Record<string, { status: number; title: string }>

export type ProblemCode = keyof typeof problems

/** Where a fault stands: a JSON Pointer (RFC 6901) into the body, or a parameter's name. */
export type Fault = ({ pointer: string } | { parameter: string }) & { detail: string }

type Particulars = {
  faults?: readonly Fault[]
  /** For the log alone: a fixed word or a code of ours or of PostgreSQL, never a text from outside. */
  reason?: string
}

/** A failure that the client may know of. `detail` is a whole sentence and holds no secret. */
export class ServiceError extends Error {
  override name = 'ServiceError' as const
  readonly code: ProblemCode
  readonly faults: readonly Fault[]
  readonly reason: string | undefined

  constructor(code: ProblemCode, detail: string, { faults = [], reason }: Particulars = {}) {
    super(detail)
    this.code = code
    this.faults = faults
    this.reason = reason
  }
}

/**
 * An error and all that lies beneath it: Drizzle keeps the driver's error as `cause`, and the driver
 * keeps as `sourceError` what its fetch threw.
 */
export function* causes(error: unknown): Generator<Error> {
  for (let cause = error; cause instanceof Error; cause = beneath(cause)) {
    yield cause
  }
}

const beneath = (error: Error): unknown =>
  ('sourceError' in error && error.sourceError) || error.cause
