export const kiB = 1024

type Sent = {
  method?: string
  path?: string
  headers?: Record<string, string>
  body?: string
}

/** A text that somebody sends, of about `length` characters, as bad for its reader as we know how. */
export type Input = {
  name: string
  /** Each twice the one before it, up to what the service or the runtime takes. */
  lengths: readonly number[]
  send(length: number): Sent | Promise<Sent>
}

export const doubled = (from: number, to: number) => {
  const lengths = [from]
  for (let length = from * 2; length <= to; length *= 2) {
    lengths.push(length)
  }
  return lengths
}

/** The body of one user has 16 KiB at most, and what is no ASCII takes two or three bytes. */
const bodyLengths = doubled(kiB / 2, 4 * kiB)
/** Cloudflare takes 128 KB of headers. */
const headerLengths = doubled(8 * kiB, 64 * kiB)
/** Cloudflare takes 16 KB of an address, and workerd nearly 64. */
const pathLengths = doubled(4 * kiB, 32 * kiB)
/** An import takes 4 MiB. */
const bulkLengths = doubled(64 * kiB, 1024 * kiB)

/** Each has to be carried past those before it. */
const marks = (length: number) => 'a\u0345\u0301\u0323\u0334'.padEnd(length, '\u0345\u0334')
const email = 'ada@example.com'

const json = (name: string, write: (length: number) => string, lengths = bodyLengths): Input => ({
  name,
  lengths,
  send: (length) => ({
    method: 'POST',
    path: '/users',
    headers: { 'Content-Type': 'application/json' },
    body: write(length),
  }),
})

const bulk = (name: string, mediaType: string, write: (length: number) => string): Input => ({
  name,
  lengths: bulkLengths,
  send: (length) => ({
    method: 'POST',
    path: '/users/import',
    headers: { 'Content-Type': mediaType },
    body: write(length),
  }),
})

const ndjson = (name: string, write: (length: number) => string) =>
  bulk(`NDJSON: ${name}`, 'application/x-ndjson', write)

const csv = (name: string, write: (length: number) => string) =>
  bulk(`CSV: ${name}`, 'text/csv', write)

const header = (
  name: string,
  what: string,
  write: (length: number) => string,
  request: Omit<Sent, 'headers'> = { path: '/users/1' },
): Input => ({
  name: `${name}: ${what}`,
  lengths: headerLengths,
  send: (length) => ({ ...request, headers: { [name]: write(length) } }),
})

const path = (name: string, write: (length: number) => string): Input => ({
  name,
  lengths: pathLengths,
  send: (length) => ({ path: write(length) }),
})

const creation = { method: 'POST', path: '/users', body: '{}' }
const exportOfNobody = { path: '/users/export?q=nobody' }

/** Many short records, so that the cost of each counts. */
const records = (length: number, record: string) =>
  record.repeat(Math.min(5_000, Math.ceil(length / record.length)))

/** As long as a name may come, and so that all of it is normalised. */
const dearestName = marks(31).repeat(38)

const dearestLine = (index: number) =>
  `${JSON.stringify({ name: dearestName, email: `${index}@example.com` })}\n`

/** Every text that the service reads, but for tokens. */
export const inputs: readonly Input[] = [
  json('name: combining marks', (length) => JSON.stringify({ name: marks(length), email })),
  json('name: white space', (length) => JSON.stringify({ name: ' '.repeat(length), email })),
  json('name: invisible', (length) => JSON.stringify({ name: '\u200b'.repeat(length), email })),
  json('email: no domain', (length) => JSON.stringify({ name: 'Ada', email: 'a'.repeat(length) })),
  json('email: labels', (length) =>
    JSON.stringify({ name: 'Ada', email: `a@${'a.'.repeat(length / 2)}` }),
  ),
  json('email: hyphens', (length) =>
    JSON.stringify({ name: 'Ada', email: `a@${'a-'.repeat(length / 2)}` }),
  ),
  json('JSON body: nested', (length) => '['.repeat(length), doubled(kiB, 8 * kiB)),
  json(
    'JSON body: nested value',
    (length) => `{"id":${'['.repeat(length / 2)}${']'.repeat(length / 2)}}`,
    doubled(kiB, 8 * kiB),
  ),
  json(
    'JSON body: fields',
    (length) =>
      `{${Array.from({ length: length / 8 }, (_, index) => `"${index}":1`.padEnd(7)).join()}}`,
    doubled(kiB, 8 * kiB),
  ),
  json('JSON body: digits', (length) => `{"id":${'9'.repeat(length)}}`, doubled(kiB, 8 * kiB)),
  path('q: combining marks', (length) => `/users?q=a${'%CC%81%CC%A3'.repeat(length / 12)}`),
  path('q: white space', (length) => `/users?q=${'+'.repeat(length)}`),
  path('cursor', (length) => `/users?cursor=${'A'.repeat(length)}`),
  path('query: parameters', (length) => {
    const names = Array.from({ length: length / 6 }, (_, index) => index.toString(36))
    return `/users?${names.join('&')}`.slice(0, length)
  }),
  path('query: one parameter many times', (length) => `/users?${'limit&'.repeat(length / 6)}`),
  path('query: limit', (length) => `/users?limit=${'1'.repeat(length)}`),
  path('path: id', (length) => `/users/${'1'.repeat(length)}x`),
  path('path: slashes', (length) => `/users/1${'/'.repeat(length)}x`),
  path('path: percent signs', (length) => `/users/${'%'.repeat(length)}`),
  header('If-None-Match', 'tags', (length) => '"1",'.repeat(length / 4)),
  header('If-None-Match', 'commas', (length) => `"1"${' ,'.repeat(length / 2)}x`),
  header('If-Match', 'white space', (length) => `x${' \t'.repeat(length / 2)},x`),
  header('Idempotency-Key', 'quotes', (length) => '"'.repeat(length), creation),
  header('Accept', 'media types', (length) => 'a/b;q=1,'.repeat(length / 8), exportOfNobody),
  header('Accept', 'parameters', (length) => `a${' ;'.repeat(length / 2)}`, exportOfNobody),
  header('Content-Type', 'charsets', (length) => `a${';charset='.repeat(length / 9)}`, creation),
  header('Authorization', 'white space', (length) => `Bearer ${' '.repeat(length)}=`),
  header('Authorization', 'equals signs', (length) => `Bearer ${'a='.repeat(length / 2)}`),
  header('Authorization', 'dots', (length) => `Bearer ${'a.'.repeat(length / 2)}`),
  header('Cookie', 'cookies', (length) => 'a=1; '.repeat(length / 5)),
  header('Origin', 'labels', (length) => `https://${'a.'.repeat(length / 2)}example`),
  ndjson('one name of combining marks', (length) => JSON.stringify({ name: marks(length), email })),
  ndjson('names that are normalised', (length) =>
    Array.from({ length: length / 1_024 }, (_, index) => dearestLine(index)).join(''),
  ),
  ndjson('one line, nested', (length) => '['.repeat(length)),
  ndjson('one line of white space', (length) => ' '.repeat(length)),
  ndjson('lines that are none', (length) => records(length, '1\n')),
  csv('one cell of combining marks', (length) => `name,email\n${marks(length)},${email}`),
  csv('one cell of white space', (length) => `name,email\n${' '.repeat(length)}x,${email}`),
  csv('one cell of quotes', (length) => `name,email\n"${'""'.repeat(length / 2)}",${email}`),
  csv('one cell of line ends', (length) => `name,email\n"${'\n'.repeat(length / 32)}",${email}`),
  csv('one row of cells', (length) => `name,email\n${','.repeat(length)}`),
  csv('a header of cells', (length) => ','.repeat(length)),
  csv('a header of white space', (length) => `${' '.repeat(length)}x`),
  csv('quotes that do not match', (length) => `name,email\n${'a\n'.repeat(length / 64)}"`),
]
