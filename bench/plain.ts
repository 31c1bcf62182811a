/** The same service as public templates of this stack write it: everything built per request. */
import { neon, neonConfig } from '@neondatabase/serverless'
import { asc, eq, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/neon-http'
import { type Context, Hono } from 'hono'
import { bearerAuth } from 'hono/bearer-auth'
import { validator } from 'hono/validator'
import { z } from 'zod'
import { searchedText } from '../src/users/searched-text.ts'
import { users } from '../src/users/table.ts'

type Env = { Bindings: { DATABASE_URL: string; NEON_ENDPOINT: string; API_KEY: string } }

const UserId = z.object({ id: z.coerce.number().int().positive() })
const UserList = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  q: z.string().min(3).optional(),
})
const NewUser = z.object({ name: z.string().min(1).max(200), email: z.email().max(254) })
const UserChanges = NewUser.partial()

/** What `@hono/zod-validator` does. */
const valid =
  <S extends z.ZodType>(schema: S) =>
  (value: unknown, c: Context) => {
    const result = schema.safeParse(value)
    return result.success ? result.data : c.json({ error: result.error.issues }, 400)
  }

const connect = ({ env }: Context<Env>) => {
  neonConfig.fetchEndpoint = env.NEON_ENDPOINT
  return drizzle(neon(env.DATABASE_URL), { casing: 'snake_case' })
}

const app = new Hono<Env>()

app.use('/users/*', (c, next) => bearerAuth<Env>({ token: c.env.API_KEY })(c, next))

app.get('/users', validator('query', valid(UserList)), async (c) => {
  const { limit, q } = c.req.valid('query')
  const found = q === undefined ? undefined : sql`${searchedText(users)} ilike ${`%${q}%`}`
  return c.json(
    await connect(c).select().from(users).where(found).orderBy(asc(users.id)).limit(limit),
  )
})

app.post('/users', validator('json', valid(NewUser)), async (c) => {
  const [user] = await connect(c).insert(users).values(c.req.valid('json')).returning()
  return c.json(user, 201)
})

app.get('/users/:id', validator('param', valid(UserId)), async (c) => {
  const [user] = await connect(c)
    .select()
    .from(users)
    .where(eq(users.id, c.req.valid('param').id))
  return user ? c.json(user) : c.json({ error: 'User not found' }, 404)
})

app.patch(
  '/users/:id',
  validator('param', valid(UserId)),
  validator('json', valid(UserChanges)),
  async (c) => {
    const [user] = await connect(c)
      .update(users)
      .set(c.req.valid('json'))
      .where(eq(users.id, c.req.valid('param').id))
      .returning()
    return user ? c.json(user) : c.json({ error: 'User not found' }, 404)
  },
)

// biome-ignore lint/style/noDefaultExport: the Workers runtime calls the default export.
export default app
