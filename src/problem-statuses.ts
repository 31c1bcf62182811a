import { problems as ofResources } from './resources.ts'

/** Codes are a promise to clients: add some, never rename or remove one. */
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
  'feed-restarted': { status: 410, title: 'Feed restarted' },
  // A stale `If-Match`, which `rows/precondition.ts` finds.
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
