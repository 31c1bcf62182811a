import pg from 'pg'
import type { Answer, Service } from './service.ts'

/** `keyed` has an idempotency key, `ready` asks the database now and then, `still` never. */
type Kind = 'read' | 'write' | 'keyed' | 'ready' | 'still'

/** The user that a request is about. A request of a kind that creates begins without one. */
type Subject = { id: number; email: string }

type Operation = {
  kind: Kind
  isCreating?: boolean
  request(subject: Subject): Parameters<Service['request']>
}

const [before, after] = ['Before', 'After']
const ndjson = { 'Content-Type': 'application/x-ndjson' }

const lines = (...emails: string[]) =>
  emails.map((email) => `${JSON.stringify({ name: after, email })}\n`).join('')

const operation = (
  kind: Kind,
  request: Operation['request'],
  { isCreating = false } = {},
): Operation => ({ kind, request, isCreating })

/** Every route, and each way of it that makes another statement. */
const operations = new Map<string, Operation>([
  ['list', operation('read', () => ['GET', '/users'])],
  ['count', operation('read', () => ['GET', '/users?count=exact&q=bef'])],
  ['get', operation('read', ({ id }) => ['GET', `/users/${id}`])],
  ['head', operation('read', ({ id }) => ['HEAD', `/users/${id}`])],
  ['export', operation('read', () => ['GET', '/users/export'])],
  [
    'create',
    operation('write', ({ email }) => ['POST', '/users', { name: after, email }], {
      isCreating: true,
    }),
  ],
  [
    'create-once',
    operation(
      'keyed',
      ({ email }) => ['POST', '/users', { name: after, email }, { 'Idempotency-Key': email }],
      { isCreating: true },
    ),
  ],
  ['put', operation('write', ({ id, email }) => ['PUT', `/users/${id}`, { name: after, email }])],
  ['patch', operation('write', ({ id }) => ['PATCH', `/users/${id}`, { name: after }])],
  ['delete', operation('write', ({ id }) => ['DELETE', `/users/${id}`])],
  [
    'import',
    operation(
      'write',
      ({ email }) => ['POST', '/users/import', lines(email, `second.${email}`), ndjson],
      { isCreating: true },
    ),
  ],
  [
    'import-update',
    operation('write', ({ email }) => {
      return ['POST', '/users/import?onConflict=update', lines(email), ndjson]
    }),
  ],
  ['readyz', operation('ready', () => ['GET', '/readyz'])],
  ['livez', operation('still', () => ['GET', '/livez'])],
  ['docs', operation('still', () => ['GET', '/docs'])],
])

export const operationNames = [...operations.keys()]

/** What a request came to, and what the table shows of it. */
export type Cell = Pick<Answer, 'status' | 'text' | 'headers'> & {
  name: string
  kind: Kind
  seconds: number
  /** How often the database was asked, as the log has it. */
  attempts: number
  /** `broken` is half a change, or one made twice. */
  effect: 'none' | 'once' | 'broken'
}

export type Cells = {
  send(name: string): Promise<void>
  /** All that were sent, once the database can be asked again. */
  settle(): Promise<Cell[]>
}

/** Makes the users that requests of all these names are about. `label` is of letters and dashes. */
export async function prepareCells(
  service: Service,
  ownerUrl: string,
  label: string,
  names: readonly string[] = operationNames,
): Promise<Cells> {
  const emailOf = (name: string) => `${name}.${label}@example.com`
  const known = names.filter((name) => !operations.get(name)?.isCreating)
  const rows = await query(
    ownerUrl,
    `insert into users (name, email) select $1, unnest($2::text[]) returning id, email`,
    [before, known.map(emailOf)],
  )
  const answers: (Omit<Cell, 'attempts' | 'effect'> & { email: string })[] = []

  return {
    async send(name) {
      const email = emailOf(name)
      const id = Number(rows.find((row) => row.email === email)?.id ?? 0)
      const { kind, request } = operations.get(name) ?? operation('still', () => ['GET', '/livez'])
      const start = performance.now()
      const { status, text, headers } = await service.request(...request({ id, email }))
      const seconds = (performance.now() - start) / 1_000
      answers.push({ name, kind, status, text, headers, seconds, email })
    },
    async settle() {
      const found = await query(
        ownerUrl,
        'select name, email, version from users where email like $1',
        [`%.${label}@example.com`],
      )
      const logs = service.logs().join('\n')
      return answers.map((answer) => ({
        ...answer,
        attempts: attemptsOf(logs, answer.headers.get('X-Request-Id')),
        effect: effectOf(answer.name, answer.email, found),
      }))
    },
  }
}

function attemptsOf(logs: string, requestId: string | null): number {
  const line = logs.split('\n').find((text) => text.includes(`"requestId":"${requestId}"`))
  return line === undefined ? Number.NaN : JSON.parse(line).attempts
}

type Row = { id: string; name: string; email: string; version: number }

/** The name and version of the user, or of both, before and after. */
function effectOf(name: string, email: string, found: readonly Row[]): Cell['effect'] {
  const state = [email, `second.${email}`]
    .flatMap((each) => found.filter((row) => row.email === each))
    .map((row) => `${row.name} ${row.version}`)
    .join()
  const { kind, isCreating } = operations.get(name) ?? {}
  const old = isCreating ? '' : `${before} 1`
  const created = name === 'import' ? `${after} 1,${after} 1` : `${after} 1`
  const changed = name === 'delete' ? '' : `${after} 2`

  if (state === old) {
    return 'none'
  }
  const isWrite = kind === 'write' || kind === 'keyed'
  return isWrite && state === (isCreating ? created : changed) ? 'once' : 'broken'
}

async function query(url: string, sql: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return client
    .query<Row>(sql, values)
    .then(({ rows }) => rows)
    .finally(() => client.end())
}
