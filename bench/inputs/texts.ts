import { doubled, email, header, type Input, kiB, marks } from './input.ts'
import { lineInputs } from './lines.ts'

/** The body of one user has 16 KiB at most, and what is no ASCII takes two or three bytes. */
const bodyLengths = doubled(kiB / 2, 4 * kiB)
/** Cloudflare takes 16 KB of an address, and workerd nearly 64. */
const pathLengths = doubled(4 * kiB, 32 * kiB)

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

const path = (name: string, write: (length: number) => string): Input => ({
  name,
  lengths: pathLengths,
  send: (length) => ({ path: write(length) }),
})

const creation = { method: 'POST', path: '/users', body: '{}' }

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
  header('Content-Type', 'charsets', (length) => `a${';charset='.repeat(length / 9)}`, creation),
  header('Authorization', 'white space', (length) => `Bearer ${' '.repeat(length)}=`),
  header('Authorization', 'equals signs', (length) => `Bearer ${'a='.repeat(length / 2)}`),
  header('Authorization', 'dots', (length) => `Bearer ${'a.'.repeat(length / 2)}`),
  header('Cookie', 'cookies', (length) => 'a=1; '.repeat(length / 5)),
  header('Origin', 'labels', (length) => `https://${'a.'.repeat(length / 2)}example`),
  ...lineInputs,
]
