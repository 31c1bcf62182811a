import { problems as ofResources } from './resources.ts'

/** Codes are for ever: add, never rename or remove. */
const ofService = {
  'malformed-json': { status: 400, title: 'Malformed JSON' },
  'malformed-csv': { status: 400, title: 'Malformed CSV' },
  'invalid-cursor': { status: 400, title: 'Invalid cursor' },
  'invalid-host': { status: 400, title: 'Invalid host' },
  unauthenticated: { status: 401, title: 'Not authenticated' },
  'insufficient-scope': { status: 403, title: 'Insufficient scope' },
  'insecure-transport': { status: 403, title: 'Insecure transport' },
  'local-only': { status: 403, title: 'Local only' },
  'not-found': { status: 404, title: 'No such path' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  'not-acceptable': { status: 406, title: 'Not acceptable' },
  'precondition-failed': { status: 412, title: 'Precondition failed' },
  'body-too-large': { status: 413, title: 'Body too large' },
  'unsupported-media-type': { status: 415, title: 'Unsupported media type' },
  'validation-failed': { status: 422, title: 'Validation failed' },
  'idempotency-key-reused': { status: 422, title: 'Idempotency key reused' },
  'search-too-broad': { status: 422, title: 'Search too broad' },
  'rate-limited': { status: 429, title: 'Too many requests' },
  'too-many-searches': { status: 429, title: 'Too many searches at once' },
  busy: { status: 503, title: 'Busy' },
  'internal-error': { status: 500, title: 'Internal error' },
  'database-unavailable': { status: 503, title: 'Database unavailable' },
  'database-behind': { status: 503, title: 'Database behind' },
  'database-mismatch': { status: 503, title: 'Database mismatch' },
  'identity-provider-unavailable': { status: 503, title: 'Identity provider unavailable' },
  'outcome-unknown': { status: 504, title: 'Outcome unknown' },
} as const satisfies Record<string, { status: number; title: string }>

/** Every problem that a client can receive. */
export const problems = { ...ofService, ...ofResources }

export type ProblemCode = keyof typeof problems

/** Where a fault stands: a JSON Pointer (RFC 6901) into the body, or the name of a parameter or header. */
export type Fault = ({ pointer: string } | { parameter: string } | { header: string }) & {
  detail: string
}

type Particulars = {
  faults?: readonly Fault[]
  /** What a credential lacks: attributes of `WWW-Authenticate` (RFC 6750 section 3). */
  challenge?: string
  /** For the log alone: a fixed word or a code of ours or of PostgreSQL, never a text from outside. */
  reason?: string | undefined
}

/** A failure that the client may know of. `detail` is a whole sentence and holds no secret. */
export class ServiceError extends Error {
  override name = 'ServiceError' as const
  readonly code: ProblemCode
  readonly faults: readonly Fault[]
  readonly challenge: string | undefined
  readonly reason: string | undefined

  constructor(
    code: ProblemCode,
    detail: string,
    { faults = [], challenge, reason }: Particulars = {},
  ) {
    super(detail)
    this.code = code
    this.faults = faults
    this.challenge = challenge
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
