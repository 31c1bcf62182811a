import type { TypedResponse } from 'hono'
import type { Database } from '../db/client.ts'
import { allow, callerOf } from '../http/auth.ts'
import { Conditions, conditionsOf, entityTag, isNotModified } from '../http/conditions.ts'
import type { Cursors } from '../http/cursors.ts'
import { IdempotencyKey } from '../http/idempotency-key.ts'
import { pageLinks } from '../http/links.ts'
import { limitSearches, type RateLimits } from '../http/rate-limit.ts'
import { createRoutes } from '../http/router.ts'
import { validate } from '../http/validate.ts'
import { createUser } from './create.ts'
import { createUserOnce } from './create-once.ts'
import { getUser } from './get.ts'
import type { Json } from './json.ts'
import { listUsers, type Position } from './list.ts'
import { removeUser } from './remove.ts'
import { NewUser, UserChanges, UserId, UserList } from './schema.ts'
import { updateUser } from './update.ts'

export const userRoutes = (db: Database, cursors: Cursors<Position>, limits: RateLimits) =>
  createRoutes()
    .get(
      '/',
      allow('users:read'),
      limitSearches(limits.searches),
      validate({ query: UserList }),
      async (c) => {
        const { cursor, ...query } = c.req.valid('query')
        const list = JSON.stringify([query.sort, query.email, query.q])
        const after = cursor === undefined ? undefined : await cursors.open(list, cursor)
        const { users, next, total } = await listUsers(db, callerOf(c), query, after)
        return answerJson(users, {
          Link: pageLinks(c.req.url, next && (await cursors.seal(list, next))),
          ...(total !== undefined && { 'X-Total-Count': `${total}` }),
        })
      },
    )
    .post(
      '/',
      allow('users:write'),
      validate({ json: NewUser, header: IdempotencyKey }),
      async (c) => {
        const newUser = c.req.valid('json')
        const { 'idempotency-key': key } = c.req.valid('header')
        const { user, isReplay } = key
          ? await createUserOnce(db, newUser, { principal: callerOf(c), key })
          : { user: await createUser(db, newUser), isReplay: false }
        const headers = {
          Location: `/users/${user.id}`,
          ETag: entityTag(user.version),
          ...(isReplay && { 'Idempotency-Replayed': 'true' }),
        }
        return answerJson(user.json, headers, 201)
      },
    )
    .get(
      '/:id',
      allow('users:read'),
      validate({ param: UserId, header: Conditions }),
      async (c) => {
        const conditions = conditionsOf(c.req.valid('header'))
        const user = await getUser(db, c.req.valid('param').id, conditions)
        const headers = { ETag: entityTag(user.version) }
        return isNotModified(conditions, user.version)
          ? c.body(null, 304, headers)
          : answerJson(user.json, headers)
      },
    )
    .put(
      '/:id',
      allow('users:write'),
      validate({ param: UserId, header: Conditions, json: NewUser }),
      async (c) => {
        const { id } = c.req.valid('param')
        const conditions = conditionsOf(c.req.valid('header'))
        const user = await updateUser(db, id, c.req.valid('json'), conditions)
        return answerJson(user.json, { ETag: entityTag(user.version) })
      },
    )
    .patch(
      '/:id',
      allow('users:write'),
      validate({ param: UserId, header: Conditions, json: UserChanges }),
      async (c) => {
        const { id } = c.req.valid('param')
        const conditions = conditionsOf(c.req.valid('header'))
        const user = await updateUser(db, id, c.req.valid('json'), conditions)
        return answerJson(user.json, { ETag: entityTag(user.version) })
      },
    )
    .delete(
      '/:id',
      allow('users:write'),
      validate({ param: UserId, header: Conditions }),
      async (c) => {
        await removeUser(db, c.req.valid('param').id, conditionsOf(c.req.valid('header')))
        return c.body(null, 204)
      },
    )

/** As `c.json`, of what is JSON already; its headers at once, which are set one by one else. */
function answerJson<Value, Status extends 200 | 201 = 200>(
  json: Json<Value>,
  headers: Record<string, string>,
  status?: Status,
): Response & TypedResponse<Value, Status, 'json'> {
  const response = new Response(json, {
    status: status ?? 200,
    headers: { 'Content-Type': 'application/json', ...headers },
  })
  // The type is for the client alone: at run time a TypedResponse is a Response.
  return response as Response & TypedResponse<Value, Status, 'json'>
}
