/** The least that can be done: the statement of the request, posted, and the answer passed on. */
type Env = { DATABASE_URL: string; NEON_ENDPOINT: string; API_KEY: string }

const columns = 'id, name, email, version, created_at, updated_at'
const select = `select ${columns} from users`
const list = `${select} order by id limit 50`
const search = `${select} where (name || e'\\n' || email) ilike $1 order by id limit 50`
const get = `${select} where id = $1`
const create = `insert into users (name, email) values ($1, $2) returning ${columns}`
const patch = `update users set name = $1, version = version + 1, updated_at = now() where id = $2 returning ${columns}`

async function statementOf(request: Request): Promise<[query: string, ...params: unknown[]]> {
  const { pathname, searchParams } = new URL(request.url)
  const [, , id] = pathname.split('/')
  if (request.method === 'GET') {
    const q = searchParams.get('q')
    return id ? [get, id] : q ? [search, `%${q}%`] : [list]
  }
  const { name, email }: Record<string, unknown> = JSON.parse(await request.text())
  return id ? [patch, name, id] : [create, name, email]
}

// biome-ignore lint/style/noDefaultExport: the Workers runtime calls the default export.
export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    if (request.headers.get('Authorization') !== `Bearer ${env.API_KEY}`) {
      return new Response(null, { status: 401 })
    }
    const [query, ...params] = await statementOf(request)
    const { body } = await fetch(env.NEON_ENDPOINT, {
      method: 'POST',
      headers: {
        'Neon-Connection-String': env.DATABASE_URL,
        'Neon-Raw-Text-Output': 'true',
        'Neon-Array-Mode': 'true',
      },
      body: JSON.stringify({ query, params }),
    })
    const status = request.method === 'POST' ? 201 : 200
    return new Response(body, { status, headers: { 'Content-Type': 'application/json' } })
  },
}
