export type ProblemText = {
  /** What it says of one request. */
  detail: string
  /** What has happened. */
  meaning: string
  /** What the client should do, each step a sentence. Code stands in backticks. */
  mend: readonly string[]
}

/** Of the problems that any resource may answer with. `/problems/<code>` tells them to people. */
export const problemTexts = {
  'malformed-json': {
    detail: 'The body is not JSON.',
    meaning: 'The body of the request is not JSON in UTF-8, so nothing of it was read.',
    mend: [
      'Build the body with a JSON library instead of putting text together.',
      'Encode it as UTF-8, and do not cut it off: an empty body is not JSON either.',
    ],
  },
  'malformed-csv': {
    detail: 'The quotes of line 3 do not match. Inside of quotes, a quote is written twice.',
    meaning: 'The body of an import is not CSV that can be read, so no line of it was imported.',
    mend: [
      'Begin with a header line that names the columns, each once.',
      'Put a cell that holds a comma, a quote or a line break between double quotes, and write a quote inside it twice.',
      'Encode the file as UTF-8. Excel calls it "CSV UTF-8 (Comma delimited)".',
    ],
  },
  'invalid-cursor': {
    detail:
      'This cursor is not one of this list. Take it from the `next` link of a page, unchanged.',
    meaning:
      'The `cursor` does not lead to a page of this list. It was changed or cut off, or it belongs to a list with other filters or another order.',
    mend: [
      'Follow the `next` link in the `Link` header as it is, and do not build cursors.',
      'Start again at the first page when filters or order change.',
    ],
  },
  'feed-restarted': {
    detail:
      'The database was restored, and is another than this cursor was read of. Take a full export, and ' +
      'go on from its header Feed-Cursor.',
    meaning:
      'The database was restored after this `cursor` was read, or the event that it was read with is past its time. Events between may be missing, so the feed does not go on as if nothing had happened.',
    mend: [
      'Export everything, and replace your copy with it.',
      'Go on with the `cursor` that the header `Feed-Cursor` of that export has. What it repeats does no harm: versions decide.',
      'Where the export has no such header, the service is still sorting events after a restore: try again in an hour at most.',
    ],
  },
  'invalid-host': {
    detail: 'The request must have one Host header, with the name and perhaps the port of a host.',
    meaning:
      'The request does not say which host it is for: its `Host` header comes twice, or holds something else than a name and a port. Nothing else of it was looked at.',
    mend: [
      'Send one `Host` header. HTTP clients do so themselves, so look for code or a proxy that adds another.',
    ],
  },
  unauthenticated: {
    detail: 'This path needs the header Authorization: Bearer, with an API key or an access token.',
    meaning:
      'The request has no credential, or one that is wrong, has expired or was taken back. Nothing else of it was looked at.',
    mend: [
      'Send the header `Authorization: Bearer` with an API key, or with an access token of the identity provider.',
      'Send it once, and whole.',
      'Ask who runs the service for a new key when the old one has expired.',
      'A token may have 16,384 characters. If yours is longer, have the identity provider leave claims out, such as groups.',
    ],
  },
  'insufficient-scope': {
    detail: 'This request needs the scope users:write.',
    meaning: 'The credential is valid, but it does not allow this.',
    mend: [
      'Use a key or a token with the scope that `detail` names.',
      'Which scope an operation needs stands in the [API’s description](/docs). Who may write sees what it writes.',
    ],
  },
  'insecure-transport': {
    detail:
      'This service answers https only. Whatever credential this request had is to be replaced.',
    meaning: 'The request came over plain http, so its credential may have been read on the way.',
    mend: ['Use https.', 'Replace the key that was sent.'],
  },
  'local-only': {
    detail: 'This service runs with AUTH=open or NEON_ENDPOINT, which are for one machine alone.',
    meaning:
      'The service runs with settings for one machine alone, without credentials, and was called from another.',
    mend: [
      'If you run the service: remove `AUTH=open` and `NEON_ENDPOINT`, and set `API_KEYS` or `OIDC_ISSUER`.',
      'On your own machine call it as `localhost`.',
    ],
  },
  'not-found': {
    detail: 'There is nothing at this path.',
    meaning: 'The service has nothing at this path.',
    mend: [
      'Compare the path with the [API’s description](/docs). Upper and lower case are different.',
    ],
  },
  'method-not-allowed': {
    detail: 'This path answers GET, HEAD, POST, OPTIONS only.',
    meaning: 'The path exists, but does not answer this method.',
    mend: ['Use a method that the `Allow` header of the answer names.'],
  },
  'not-acceptable': {
    detail: 'This path answers with application/x-ndjson or text/csv only.',
    meaning: 'The `Accept` header asks for a format that this path cannot answer with.',
    mend: [
      'Ask for a format that the [API’s description](/docs) names for this path, or leave `Accept` out.',
    ],
  },
  'precondition-failed': {
    detail: 'The user is at version 2 now: read it again, and decide anew.',
    meaning:
      'It has changed since it was read: its version is no longer the one in `If-Match`. Nothing was written, so the other change is not lost.',
    mend: [
      'Read it again, and take the `ETag` of that answer.',
      'Apply the change to what was read, and send it with the new `ETag` in `If-Match`.',
    ],
  },
  'body-too-large': {
    detail: 'The body is longer than 16384 bytes.',
    meaning: 'The body of the request is larger than this path takes. `detail` names the limit.',
    mend: ['Send only the fields that the path knows.', 'Split an import into several requests.'],
  },
  'unsupported-media-type': {
    detail: 'The body must be sent with the header Content-Type: application/json, in UTF-8.',
    meaning:
      'The `Content-Type` header is missing, or names a format or an encoding that this path does not read.',
    mend: [
      'Send `Content-Type: application/json`, or another format that the [API’s description](/docs) names for this path.',
      'Encode the body as UTF-8.',
    ],
  },
  'validation-failed': {
    detail: 'The request breaks the rules that `errors` names.',
    meaning:
      'The request can be read, but breaks at least one rule. Nothing was changed. `errors` holds every fault of the first part of the request that has any, in the order path, query, headers, body. Each has its place: the name of a `parameter` or `header`, or a JSON `pointer` into the body.',
    mend: [
      'Mend everything that `errors` names, and send the request again.',
      'Show each `detail` beside the field that its `pointer` leads to.',
    ],
  },
  'idempotency-key-reused': {
    detail: 'This Idempotency-Key came with another body before. Take a new key for a new user.',
    meaning:
      'This `Idempotency-Key` came before, with another request. A key stands for one request, so this one was not carried out.',
    mend: [
      'Make a new key for each new request, a random UUID for one.',
      'Repeat a request with its key only together with exactly the same body.',
    ],
  },
  'search-too-broad': {
    detail:
      'The database gave this a second, and it needs longer. Search for more characters, or for ' +
      'rarer ones, leave out count=exact, and let a feed begin later, with since.',
    meaning:
      'The search or the count needed more than a second of the database’s time, so it was ended. The same request will fail again.',
    mend: [
      'Search for more characters, or for rarer ones: for a whole name, say, and not for a part of a domain that many share.',
      'Use letters and digits. No index helps with punctuation alone.',
      'Leave out `count=exact`. The `next` link tells whether there is more.',
      'In place of an export with `q`, export everything and pick yours from the lines.',
    ],
  },
  'rate-limited': {
    detail: 'Too many requests. Wait a minute, then go on slower.',
    meaning: 'There were more requests than this caller or this address may make in a minute.',
    mend: [
      'Wait for as long as the header `Retry-After` says, then go on slower.',
      'Take many at once with an import or an export.',
    ],
  },
  'too-many-searches': {
    detail: 'This caller has 4 searches or counts running. Wait until one has ended.',
    meaning:
      'This caller has as many searches and counts running as it may have at once. This one was not begun.',
    mend: [
      'Wait for as long as the header `Retry-After` says, and send it again.',
      'Send searches one after the other. While a person types, drop the search before.',
    ],
  },
  busy: {
    detail: 'The service has as many of these at hand as it takes. Try again soon.',
    meaning:
      'The service does a few imports and a few exports at a time, and as many as that are at hand. Nothing of this one was done.',
    mend: [
      'Wait for as long as the header `Retry-After` says and a random time on top, then repeat the request. It is safe to repeat.',
      'Send one import after the other, or a few at once: more are no faster.',
    ],
  },
  'internal-error': {
    detail: 'The service failed. The log tells why under this instance.',
    meaning: 'The service has a fault. The request is not to blame.',
    mend: [
      'Tell those who run the service the `instance` of the answer: the log has the cause under it.',
      'Before a write is repeated, read what there is: it may have happened.',
    ],
  },
  'database-unavailable': {
    detail: 'The database does not answer at the moment.',
    meaning: 'The database does not answer at the moment. Nothing was changed.',
    mend: [
      'Wait as many seconds as the `Retry-After` header says, then repeat the request. It is safe to repeat.',
      'Wait longer each time it fails.',
    ],
  },
  'database-behind': {
    detail:
      'This version needs the migration 0002_add_phone, and the newest of the database is 0001_add_title.',
    meaning:
      'The database lacks migrations that this version of the service needs. `detail` names the newest that the database has and the newest that is needed. `GET /readyz` says so, and nothing else does.',
    mend: [
      'If you run the service: apply them with `npm run db:migrate`, or go back to the version before.',
      'Otherwise wait: it is being deployed.',
    ],
  },
  'database-mismatch': {
    detail: 'The database is not as this version needs it.',
    meaning:
      'The database has the migrations of this version, but somebody has changed it since: a table, a column, an index or a right is missing. `GET /readyz` says so, and nothing else does.',
    mend: [
      'If you run the service: the log names what is missing, and `npm run db:drift` every difference.',
      'Otherwise wait, and tell those who run it.',
    ],
  },
  'identity-provider-unavailable': {
    detail: 'The identity provider does not answer at the moment, so the token cannot be checked.',
    meaning:
      'The keys of the identity provider could not be had, so no access token can be checked. Nothing was changed.',
    mend: ['Repeat the request after as long as the header `Retry-After` says.'],
  },
  'outcome-unknown': {
    detail: 'The database did not answer in time, so the change may or may not have been made.',
    meaning:
      'The connection to the database broke off while it wrote, so the change may or may not have happened.',
    mend: [
      'Read what there is, and repeat the request only if it did not happen.',
      'A creation with an `Idempotency-Key` can be repeated at once with the same key and body: it never creates a second one.',
    ],
  },
} as const satisfies Readonly<Record<string, ProblemText>>
