import { answerCreated, answerList, answerRow } from '../http/answers.ts'
import { allow, callerOf, demandScope } from '../http/auth.ts'
import { PreconditionHeaders, preconditionOf } from '../http/etag.ts'
import { IdempotencyKeyHeader, idempotencyKeyOf } from '../http/idempotency-key-header.ts'
import { limitSearches } from '../http/rate-limit-bindings.ts'
import { createRoutes } from '../http/router.ts'
import { validate } from '../http/validate.ts'
import { storeOf } from '../rows/store.ts'
import type { Shared } from '../shared.ts'
import { filterOf } from './filter.ts'
import { NewUser, UserChanges, UserId, UserList, UserRemoval } from './input.ts'
import { listUsers } from './no-users.ts'
import { userRows } from './rows.ts'

const read = allow('users:read')
const write = allow('users:write')

/** What every route of a single user validates. */
const one = { param: UserId, header: PreconditionHeaders }

export const userRoutes = ({ db, cursors, limits, deletedDays }: Shared) => {
  const users = storeOf(db, userRows)

  return createRoutes()
    .get('/', read, limitSearches(limits.searches), validate({ query: UserList }), (c) => {
      const query = c.req.valid('query')
      return answerList(c, cursors, query, (list) =>
        listUsers(db, callerOf(c), { ...list, filter: filterOf(query) }),
      )
    })
    .post('/', write, validate({ json: NewUser, header: IdempotencyKeyHeader }), async (c) =>
      answerCreated(c, await users.create(c.req.valid('json'), idempotencyKeyOf(c))),
    )
    .get('/:id', read, validate(one), async (c) => {
      const precondition = preconditionOf(c)
      return answerRow(await users.get(c.req.valid('param').id, precondition), precondition)
    })
    .put('/:id', write, validate({ ...one, json: NewUser }), async (c) => {
      const { id } = c.req.valid('param')
      return answerRow(await users.replace(id, c.req.valid('json'), preconditionOf(c)))
    })
    .patch('/:id', write, validate({ ...one, json: UserChanges }), async (c) => {
      const { id } = c.req.valid('param')
      return answerRow(await users.change(id, c.req.valid('json'), preconditionOf(c)))
    })
    .delete(
      '/:id',
      allow('users:write', 'users:erase'),
      validate({ ...one, query: UserRemoval }),
      async (c) => {
        const { erase } = c.req.valid('query')
        demandScope(c, erase ? 'users:erase' : 'users:write')
        const remove = erase || deletedDays === 0 ? users.erase : users.remove
        await remove(c.req.valid('param').id, preconditionOf(c))
        return c.body(null, 204)
      },
    )
}
