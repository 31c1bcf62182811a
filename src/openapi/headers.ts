/** What an answer carries beside its body. */
export const headers = {
  'X-Request-Id': {
    description: 'The id of the request, made by the service. The log has it too.',
    required: true,
    schema: { type: 'string', format: 'uuid' },
  },
  'Cache-Control': {
    description: 'What the service holds is personal data, and no cache on the way keeps it.',
    required: true,
    schema: { type: 'string', const: 'no-store' },
  },
  ETag: {
    description:
      'The version in quotes, for `If-Match` and `If-None-Match`. A proxy that compresses may put ' +
      '`W/` before it; both forms are accepted.',
    required: true,
    schema: { type: 'string', pattern: '^(?:W/)?"[1-9]\\d*"$' },
    example: '"1"',
  },
  Location: {
    description: 'The path of what was created.',
    required: true,
    schema: { type: 'string', pattern: '^(?:/[\\w-]+)+$' },
    example: '/users/26',
  },
  'Idempotency-Replayed': {
    description:
      'That this key has created it before. The body is what it is now. Absent at the first time.',
    schema: { type: 'string', const: 'true' },
  },
  Link: {
    description:
      'Links of RFC 8288. `rel="first"` is the first page, and `rel="next"` the next one, absent on ' +
      'the last. Both keep the parameters of the request.',
    required: true,
    schema: { type: 'string', pattern: '^<[^>]+>; rel="first"(?:, <[^>]+>; rel="next")?$' },
    example:
      '<https://users.example.com/users?limit=2>; rel="first", ' +
      '<https://users.example.com/users?limit=2&cursor=gkH0B3l1>; rel="next"',
  },
  'Link-Of-Feeds': {
    description:
      'Links of RFC 8288. `rel="first"` is the first page, and `rel="next"` where to go on, on the ' +
      'last page as well. Both keep the parameters of the request.',
    required: true,
    schema: { type: 'string', pattern: '^<[^>]+>; rel="first", <[^>]+>; rel="next"$' },
    example:
      '<https://users.example.com/events>; rel="first", ' +
      '<https://users.example.com/events?cursor=7713679401220714070.1042.57.0f8fad5b-d9cb-469f-a165-70867728950e>; rel="next"',
  },
  'Feed-Cursor': {
    description:
      'A `cursor` of `/events`: from there on nothing is missed that this export does not have. Only ' +
      'without a filter, and absent while events are sorted after a restore of the database.',
    schema: { type: 'string' },
    example: '7713679401220714070.1042.57.0f8fad5b-d9cb-469f-a165-70867728950e',
  },
  'X-Total-Count': {
    description: 'How many there are on all pages together. Only with `count=exact`.',
    schema: { type: 'integer', minimum: 0, format: 'int64' },
    example: 25,
  },
  Allow: {
    description: 'The methods that the path answers.',
    required: true,
    schema: { type: 'string' },
    example: 'GET, HEAD, POST, OPTIONS',
  },
  'Accept-Encoding': {
    description: 'That a body is read only as it is. Absent when something else is wrong with it.',
    schema: { type: 'string', const: 'identity' },
  },
  'Accept-Patch': {
    description: 'The media types of a `PATCH` (RFC 5789). Absent for other methods.',
    schema: { type: 'string' },
    example: 'application/json, application/merge-patch+json',
  },
  'WWW-Authenticate': {
    description:
      'Which credential the path needs (RFC 6750). `error="invalid_token"` says that the one that came ' +
      'is not good.',
    required: true,
    schema: {
      type: 'string',
      pattern: '^Bearer realm="users"(?:, error="invalid_token")?$',
    },
    example: 'Bearer realm="users", error="invalid_token"',
  },
  'WWW-Authenticate-Of-Scopes': {
    description:
      'Which scope the credential lacks: `error="insufficient_scope"` with `scope` (RFC 6750). Absent ' +
      'when the request is refused for another reason.',
    schema: {
      type: 'string',
      pattern: '^Bearer realm="users", error="insufficient_scope", scope="[^"]+"$',
    },
    example: 'Bearer realm="users", error="insufficient_scope", scope="users:write"',
  },
  'Retry-After': {
    description: 'How many seconds to wait before the next try.',
    required: true,
    schema: { type: 'integer', minimum: 0, format: 'int32' },
    example: 2,
  },
  'Cache-Control-Of-Pages': {
    description: 'Caches may keep a page, if they ask each time whether it is still the same.',
    required: true,
    schema: { type: 'string', const: 'public, max-age=0, must-revalidate' },
  },
  'Location-Of-Pages': {
    description: 'The path of the page.',
    required: true,
    schema: { type: 'string', const: '/docs' },
  },
  'ETag-Of-Pages': {
    description: 'Of the content, for `If-None-Match`.',
    schema: { type: 'string', pattern: '^(?:W/)?"[^"]*"$' },
  },
  'Content-Security-Policy': {
    description: 'A page loads nothing from other hosts.',
    required: true,
    schema: { type: 'string' },
  },
  'X-Content-Type-Options': {
    description: 'The media type is what it says.',
    required: true,
    schema: { type: 'string', const: 'nosniff' },
  },
} as const

export type HeaderName = keyof typeof headers

const nameOf = (component: HeaderName) => component.replace(/-Of-\w+$/, '')

/** By reference: those that every answer has, and those named. */
export const answerHeaders = (names: readonly HeaderName[]) =>
  Object.fromEntries(
    (['X-Request-Id', 'Cache-Control', ...names] as const).map((name) => [
      nameOf(name),
      { $ref: `#/components/headers/${name}` },
    ]),
  )
