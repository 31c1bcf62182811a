import { Hono } from 'hono'
import type { Database } from '../db/client.ts'
import type { Cursors } from '../http/cursors.ts'
import { pageLinks } from '../http/links.ts'
import { validate } from '../http/validate.ts'
import { createUser } from './create.ts'
import { getUser } from './get.ts'
import { listUsers } from './list.ts'
import { removeUser } from './remove.ts'
import { NewUser, Page, toResponse, UserChanges, UserId } from './schema.ts'
import { updateUser } from './update.ts'

export const userRoutes = (db: Database, cursors: Cursors) =>
  new Hono()
    .get('/', validate({ query: Page }), async (c) => {
      const { limit, cursor } = c.req.valid('query')
      const page = await listUsers(db, limit, await cursors.open(cursor))
      c.header('Link', pageLinks(c.req.url, await cursors.seal(page.next)))
      return c.json(page.users.map(toResponse))
    })
    .post('/', validate({ json: NewUser }), async (c) => {
      const user = await createUser(db, c.req.valid('json'))
      return c.json(toResponse(user), 201, { Location: `/users/${user.id}` })
    })
    .get('/:id', validate({ param: UserId }), async (c) => {
      const user = await getUser(db, c.req.valid('param').id)
      return c.json(toResponse(user))
    })
    .put('/:id', validate({ param: UserId, json: NewUser }), async (c) => {
      const user = await updateUser(db, c.req.valid('param').id, c.req.valid('json'))
      return c.json(toResponse(user))
    })
    .patch('/:id', validate({ param: UserId, json: UserChanges }), async (c) => {
      const user = await updateUser(db, c.req.valid('param').id, c.req.valid('json'))
      return c.json(toResponse(user))
    })
    .delete('/:id', validate({ param: UserId }), async (c) => {
      await removeUser(db, c.req.valid('param').id)
      return c.body(null, 204)
    })
