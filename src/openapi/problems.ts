import { type Fault, type ProblemCode, problems } from '../errors.ts'
import { Problem, reference } from './components.ts'
import { answerHeaders, type HeaderName } from './headers.ts'

/** What each problem says of one request. */
const details: Readonly<Record<ProblemCode, string>> = {
  'malformed-json': 'The body is not JSON.',
  'malformed-csv': 'The quotes of line 3 do not match.',
  'invalid-cursor':
    'This cursor is not one of this list. Take it from the `next` link of a page, unchanged.',
  'invalid-host':
    'The request must have one Host header, with the name and perhaps the port of a host.',
  unauthenticated:
    'This path needs the header Authorization: Bearer, with an API key or an access token.',
  'insufficient-scope': 'This request needs the scope users:write.',
  'insecure-transport':
    'This service answers https only. Whatever credential this request had is to be replaced.',
  'local-only':
    'This service runs with AUTH=open or NEON_ENDPOINT, which are for one machine alone.',
  'not-found': 'There is nothing at this path.',
  'no-users': 'No users found',
  'user-not-found': 'There is no user with the id 26.',
  'method-not-allowed': 'This path answers GET, HEAD, POST, OPTIONS only.',
  'not-acceptable': 'This path answers with application/x-ndjson or text/csv only.',
  'email-taken': 'A user with this email already exists, perhaps in other case.',
  'precondition-failed': 'The user is at version 2 now: read it again, and decide anew.',
  'body-too-large': 'The body is longer than 16384 bytes.',
  'unsupported-media-type':
    'The body must be sent with the header Content-Type: application/json, in UTF-8.',
  'validation-failed': 'The request breaks the rules that `errors` names.',
  'idempotency-key-reused':
    'This Idempotency-Key came with another body before. Take a new key for a new user.',
  'search-too-broad':
    'The database gave this a second, and it needs longer. Search for more characters, or for ' +
    'rarer ones, and leave out count=exact.',
  'rate-limited': 'Too many requests. Wait a minute, then go on slower.',
  'too-many-searches': 'This caller has 4 searches or counts running. Wait until one has ended.',
  busy: 'The service has as many of these at hand as it takes. Try again soon.',
  'internal-error': 'The service failed. The log tells why under this instance.',
  'database-unavailable': 'The database does not answer at the moment.',
  'database-behind':
    'This version needs the migration 0002_add_phone, and the newest of the database is 0001_add_title.',
  'database-mismatch': 'The database is not as this version needs it.',
  'identity-provider-unavailable':
    'The identity provider does not answer at the moment, so the token cannot be checked.',
  'outcome-unknown':
    'The database did not answer in time, so the change may or may not have been made.',
}

const faults: readonly Fault[] = [
  { pointer: '/name', detail: 'must not begin with white space' },
  {
    pointer: '/email',
    detail: 'must be an email address with a dot in its domain, such as ada@example.com',
  },
]

const headersOf: { readonly [code in ProblemCode]?: readonly HeaderName[] } = {
  'method-not-allowed': ['Allow'],
  unauthenticated: ['WWW-Authenticate'],
  'insufficient-scope': ['WWW-Authenticate'],
}

const headersByStatus: { readonly [status: number]: readonly HeaderName[] } = {
  429: ['Retry-After'],
  503: ['Retry-After'],
}

const typeOf = (code: ProblemCode) => `/problems/${code}`

export const createProblemExamples = () =>
  Object.fromEntries(
    (Object.keys(problems) as ProblemCode[]).map((code) => [
      code,
      {
        summary: problems[code].title,
        value: {
          type: typeOf(code),
          ...problems[code],
          detail: details[code],
          instance: '604887e4-5326-4b4f-8861-a518b4375a7f',
          ...(code === 'validation-failed' && { errors: faults }),
        },
      },
    ]),
  )

/** What an operation answers when it fails, by status. Codes of one status share an answer. */
export const groupByStatus = (codes: readonly ProblemCode[]) =>
  [...Map.groupBy(codes, (code) => problems[code].status)].map(([status, group]) => ({
    status,
    name: group.join('-or-'),
    response: problemResponse(status, group),
  }))

const problemResponse = (status: number, codes: readonly ProblemCode[]) => ({
  description: `${codes.map((code) => problems[code].title).join(', or ')}.`,
  headers: answerHeaders([
    ...codes.flatMap((code) => headersOf[code] ?? []),
    ...(headersByStatus[status] ?? []),
  ]),
  content: {
    'application/problem+json': {
      schema: {
        allOf: [
          reference(Problem),
          {
            type: 'object',
            properties: { type: { enum: codes.map(typeOf) }, status: { const: status } },
          },
        ],
      },
      examples: Object.fromEntries(
        codes.map((code) => [code, { $ref: `#/components/examples/${code}` }]),
      ),
    },
  },
})
