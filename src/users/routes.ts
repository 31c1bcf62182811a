import { answerCreated, answerPage, answerRow } from '../http/answers.ts'
import { allow, callerOf } from '../http/auth.ts'
import { Conditions, conditionsOf, entityTag, isNotModified } from '../http/conditions.ts'
import { IdempotencyKey } from '../http/idempotency-key.ts'
import { limitSearches } from '../http/rate-limit.ts'
import { createRoutes } from '../http/router.ts'
import { validate } from '../http/validate.ts'
import { changeRow } from '../rows/change.ts'
import { createRow } from '../rows/create.ts'
import { createRowOnce } from '../rows/create-once.ts'
import { getRow } from '../rows/get.ts'
import { removeRow } from '../rows/remove.ts'
import type { Shared } from '../shared.ts'
import { listUsers } from './list.ts'
import { userRows } from './rows.ts'
import { NewUser, UserChanges, UserId, UserList } from './schema.ts'
import { userKeys } from './table.ts'

export const userRoutes = ({ db, cursors, limits }: Shared) =>
  createRoutes()
    .get(
      '/',
      allow('users:read'),
      limitSearches(limits.searches),
      validate({ query: UserList }),
      async (c) => {
        const { cursor, ...query } = c.req.valid('query')
        const list = cursors.ofList('users', query.sort, query.email, query.q)
        const page = await listUsers(db, callerOf(c), query, await list.open(cursor))
        return answerPage(c, page, await list.seal(page.next))
      },
    )
    .post(
      '/',
      allow('users:write'),
      validate({ json: NewUser, header: IdempotencyKey }),
      async (c) => {
        const newUser = c.req.valid('json')
        const { 'idempotency-key': key } = c.req.valid('header')
        if (key === undefined) {
          return answerCreated(c, await createRow(db, userRows, newUser))
        }
        const once = { principal: callerOf(c), key }
        const { row, isReplay } = await createRowOnce(db, userRows, userKeys, newUser, once)
        return answerCreated(c, row, isReplay)
      },
    )
    .get(
      '/:id',
      allow('users:read'),
      validate({ param: UserId, header: Conditions }),
      async (c) => {
        const conditions = conditionsOf(c.req.valid('header'))
        const user = await getRow(db, userRows, c.req.valid('param').id, conditions)
        return isNotModified(conditions, user.version)
          ? c.body(null, 304, { ETag: entityTag(user.version) })
          : answerRow(user)
      },
    )
    .put(
      '/:id',
      allow('users:write'),
      validate({ param: UserId, header: Conditions, json: NewUser }),
      async (c) => {
        const { id } = c.req.valid('param')
        const conditions = conditionsOf(c.req.valid('header'))
        return answerRow(await changeRow(db, userRows, id, c.req.valid('json'), conditions))
      },
    )
    .patch(
      '/:id',
      allow('users:write'),
      validate({ param: UserId, header: Conditions, json: UserChanges }),
      async (c) => {
        const { id } = c.req.valid('param')
        const conditions = conditionsOf(c.req.valid('header'))
        return answerRow(await changeRow(db, userRows, id, c.req.valid('json'), conditions))
      },
    )
    .delete(
      '/:id',
      allow('users:write'),
      validate({ param: UserId, header: Conditions }),
      async (c) => {
        const conditions = conditionsOf(c.req.valid('header'))
        await removeRow(db, userRows, c.req.valid('param').id, conditions)
        return c.body(null, 204)
      },
    )
