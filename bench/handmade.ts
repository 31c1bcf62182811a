import { toIso, toMs } from '../src/rows/moment.ts'

/**
 * The answers of the service to good requests, with no library: a body and an answer of the database
 * that come in time, the headers, the cursor, the line of the log. It validates nothing, and of
 * faults it knows a wrong key: any other is a 500. What it costs beyond the floor is the price of
 * what is promised; what the service costs beyond it, that of routing, credentials, validation,
 * outcomes, errors and the libraries.
 */
type Env = { DATABASE_URL: string; NEON_ENDPOINT: string; API_KEY: string }

const deadlineMs = 5_000
const bodyDeadlineMs = 60_000
const encoder = new TextEncoder()

// As the service asks: plain columns, and moments as PostgreSQL stores them.
const moment = (column: string) => `encode(timestamptz_send(${column}), 'base64')`
const user = `id, name, email, version, ${moment('created_at')}, ${moment('updated_at')}`

const pageOf = (where: string) => `select ${user} from users ${where} order by id limit $1`
const list = pageOf('')
const search = pageOf(`where (name || e'\\n' || email) ilike $2`)
const get = `select ${user} from users where id = $1`
const create = `insert into users (name, email) values ($1, $2) returning ${user}`
const unlessSame = (next: string, old: string) =>
  `case when name is distinct from $2 then ${next} else ${old} end`
const patch = `
update users set name = $2, version = ${unlessSame('version + 1', 'version')},
updated_at = ${unlessSame('now()', 'updated_at')} where id = $1 returning ${user}`

/** Of a row of `user`. */
const written = ([id, name, email, version, created, updated]: Row) =>
  `{"id":${id},"name":${JSON.stringify(name)},"email":${JSON.stringify(email)},"version":${version},` +
  `"createdAt":"${toIso(toMs(created))}","updatedAt":"${toIso(toMs(updated))}"}`

const fixedHeaders = {
  'Content-Type': 'application/json',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Cache-Control': 'no-store',
}

type Row = [
  id: string,
  name: string,
  email: string,
  version: string,
  created: string,
  updated: string,
]
type Run = (query: string, params: unknown[]) => Promise<Row[]>
type Answer = { json: string; headers: Record<string, string>; status?: number; id?: string }

async function answer(request: Request, id: string | undefined, run: Run): Promise<Answer> {
  if (request.method === 'GET') {
    return id === undefined ? answerPage(request.url, run) : answerUser(await run(get, [id]))
  }
  const { name, email }: Record<string, unknown> = JSON.parse(await readBody(request))
  if (id === undefined) {
    const created = answerUser(await run(create, [name, email]))
    const headers = { Location: `/users/${created.id}`, ...created.headers }
    return { ...created, headers, status: 201 }
  }
  return answerUser(await run(patch, [id, name]))
}

function answerUser([row]: Row[]) {
  if (!row) {
    throw new Error('There is no such user.')
  }
  return { json: written(row), headers: { ETag: `"${row[3]}"` }, id: row[0] }
}

async function answerPage(address: string, run: Run): Promise<Answer> {
  const url = new URL(address)
  const limit = Number(url.searchParams.get('limit') ?? 50)
  const q = url.searchParams.get('q')
  const rows = await (q ? run(search, [`${limit + 1}`, `%${q}%`]) : run(list, [`${limit + 1}`]))
  const json = `[${rows.slice(0, limit).map(written).join()}]`

  url.searchParams.delete('cursor')
  const first = `<${url.href}>; rel="first"`
  if (rows.length <= limit) {
    return { json, headers: { Link: first } }
  }
  const position = [
    JSON.stringify(['/users', [...(q ? [['q', q]] : []), ['sort', 'id']]]),
    [rows[limit - 1]?.[0]],
  ]
  url.searchParams.set('cursor', await seal(JSON.stringify(position)))
  return { json, headers: { Link: `${first}, <${url.href}>; rel="next"` } }
}

async function readBody(request: Request): Promise<string> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('The body is late.')), bodyDeadlineMs)
  try {
    const bytes = await Promise.race([request.arrayBuffer(), late])
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } finally {
    clearTimeout(timer)
  }
}

let key: CryptoKey | undefined

async function seal(text: string): Promise<string> {
  key ??= await crypto.subtle.importKey('raw', new Uint8Array(32), 'AES-GCM', false, ['encrypt'])
  const iv = crypto.getRandomValues(new Uint8Array(12))
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, encoder.encode(text))
  const bytes = new Uint8Array(iv.length + sealed.byteLength)
  bytes.set(iv)
  bytes.set(new Uint8Array(sealed), iv.length)
  return bytes.toBase64({ alphabet: 'base64url', omitPadding: true })
}

async function post(env: Env, query: string, params: unknown[]): Promise<Row[]> {
  const response = await fetch(env.NEON_ENDPOINT, {
    method: 'POST',
    headers: {
      'Neon-Connection-String': env.DATABASE_URL,
      'Neon-Raw-Text-Output': 'true',
      'Neon-Array-Mode': 'true',
    },
    body: JSON.stringify({ query, params }),
    signal: AbortSignal.timeout(deadlineMs),
  })
  const { rows } = JSON.parse(await response.text())
  return rows
}

// biome-ignore lint/style/noDefaultExport: the Workers runtime calls the default export.
export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    if (request.headers.get('Authorization') !== `Bearer ${env.API_KEY}`) {
      return new Response(null, { status: 401 })
    }
    const requestId = crypto.randomUUID()
    const start = Date.now()
    let databaseMs = 0
    const run: Run = async (query, params) => {
      const asked = Date.now()
      const rows = await post(env, query, params)
      databaseMs = Date.now() - asked
      return rows
    }
    const path = request.url.slice(request.url.indexOf('/', 'https://'.length))
    const [, , target] = path.split('/')
    const { json: body, headers, status = 200, id } = await answer(request, target, run)
    const ms = Date.now() - start
    console.log(
      JSON.stringify({
        requestId,
        method: request.method,
        route: target === undefined ? '/users' : '/users/:id',
        id: id && Number(id),
        caller: 'key:bench',
        status,
        ms,
        attempts: 1,
        databaseMs,
        version: '0.1.0',
        versionId: 'bench',
      }),
    )
    return new Response(body, {
      status,
      headers: {
        ...fixedHeaders,
        ...headers,
        'X-Request-Id': requestId,
        'Server-Timing': `db;dur=${databaseMs}, total;dur=${ms}`,
      },
    })
  },
}
