import { doubled, email, header, type Input, kiB, marks } from './input.ts'

/** An import takes 4 MiB. */
const bulkLengths = doubled(64 * kiB, 1024 * kiB)

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

const exportOfNobody = { path: '/users/export?q=nobody' }

/** Many short records, so that the cost of each counts. */
const records = (length: number, record: string) =>
  record.repeat(Math.min(5_000, Math.ceil(length / record.length)))

/** As long as a name may come, and so that all of it is normalised. */
const dearestName = marks(31).repeat(38)

const dearestLine = (index: number) =>
  `${JSON.stringify({ name: dearestName, email: `${index}@example.com` })}\n`

/** What imports and exports read. */
export const lineInputs: readonly Input[] = [
  header('Accept', 'media types', (length) => 'a/b;q=1,'.repeat(length / 8), exportOfNobody),
  header('Accept', 'parameters', (length) => `a${' ;'.repeat(length / 2)}`, exportOfNobody),
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
