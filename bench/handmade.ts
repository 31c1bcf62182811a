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

// As the service has PostgreSQL write a user.
const moment = (column: string) =>
  `to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
const json = `(select row_to_json(seen) from (select users.id, users.name, users.email, users.version,
${moment('users.created_at')} as "createdAt", ${moment('users.updated_at')} as "updatedAt") as seen)`

const pageOf = (where: string) => `
select coalesce(array_to_json((array_agg(json))[:$1]), '[]')::text, count(*), (array_agg(id))[$1]
from (select ${json} as json, id from users ${where} order by id limit $2) as found`
const list = pageOf('')
const search = pageOf(`where (name || e'\\n' || email) ilike $3`)
const get = `select id, version, ${json}::text from users where id = $1`
const create = `insert into users (name, email) values ($1, $2) returning id, version, ${json}::text`
const change = `coalesce($2, users.name), coalesce($3, users.email)`
const isChanged = `(users.name, users.email) is distinct from (${change})`
const patch = `
with target as (select id, version from users where id = $1 for update), changed as (
update users set (name, email) = row(${change}), version = users.version + (${isChanged})::integer,
updated_at = case when ${isChanged} then now() else users.updated_at end
from target where users.id = target.id and coalesce(target.version = any($4::integer[]), true)
and coalesce(target.version <> all($5::integer[]), true)
returning users.id, users.version, ${json}::text as json)
select changed.id, changed.version, json from target left join changed on true`

const fixedHeaders = {
  'Content-Type': 'application/json',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Cache-Control': 'no-store',
}

type Row = [string, string, string]
/** Gives the one row of the statement. */
type Run = (query: string, params: unknown[]) => Promise<Row>
type Answer = { json: string; headers: Record<string, string>; status?: number; id?: string }

async function answer(request: Request, id: string | undefined, run: Run): Promise<Answer> {
  if (request.method === 'GET') {
    return id === undefined ? answerPage(request.url, run) : answerUser(await run(get, [id]))
  }
  const { name, email }: Record<string, unknown> = JSON.parse(await readBody(request))
  if (id === undefined) {
    const [newId, version, user] = await run(create, [name, email])
    const headers = { Location: `/users/${newId}`, ETag: `"${version}"` }
    return { json: user, headers, status: 201, id: newId }
  }
  return answerUser(await run(patch, [id, name ?? null, email ?? null, null, '{}']))
}

const answerUser = ([id, version, user]: Row) => ({
  json: user,
  headers: { ETag: `"${version}"` },
  id,
})

async function answerPage(address: string, run: Run): Promise<Answer> {
  const url = new URL(address)
  const limit = Number(url.searchParams.get('limit') ?? 50)
  const q = url.searchParams.get('q')
  const numbers = [`${limit}`, `${limit + 1}`]
  const [users, found, last] = await (q ? run(search, [...numbers, `%${q}%`]) : run(list, numbers))

  url.searchParams.delete('cursor')
  const first = `<${url.href}>; rel="first"`
  if (Number(found) <= limit) {
    return { json: users, headers: { Link: first } }
  }
  const position = [JSON.stringify(['id', null, q]), [Number(last)]]
  url.searchParams.set('cursor', await seal(JSON.stringify(position)))
  return { json: users, headers: { Link: `${first}, <${url.href}>; rel="next"` } }
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

async function post(env: Env, query: string, params: unknown[]): Promise<Row> {
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
  return rows[0]
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
      const row = await post(env, query, params)
      databaseMs = Date.now() - asked
      return row
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
