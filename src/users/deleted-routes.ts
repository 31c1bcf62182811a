import { answerList, answerRow } from '../http/answers.ts'
import { allow, callerOf } from '../http/auth.ts'
import { answerMethodNotAllowed } from '../http/problems.ts'
import { limitSearches } from '../http/rate-limit-bindings.ts'
import { createRoutes } from '../http/router.ts'
import { validate } from '../http/validate.ts'
import { storeOf } from '../rows/store.ts'
import type { Shared } from '../shared.ts'
import { deletedFilterOf } from './filter.ts'
import { DeletedUserList, UserId } from './input.ts'
import { deletedUserRows, userRows } from './rows.ts'

/** Mounted before the routes of a single user: `deleted` is no id. */
export const deletedUserRoutes = ({ db, cursors, limits }: Shared) => {
  const users = storeOf(db, userRows)
  const deleted = storeOf(db, deletedUserRows)

  return createRoutes()
    .get(
      '/deleted',
      allow('users:audit'),
      limitSearches(limits.searches),
      validate({ query: DeletedUserList }),
      (c) => {
        const query = c.req.valid('query')
        return answerList(c, cursors, query, (list) =>
          deleted.list(callerOf(c), { ...list, filter: deletedFilterOf(query) }),
        )
      },
    )
    .all('/deleted', allow('users:audit'), (c) => answerMethodNotAllowed(c, ['GET', 'HEAD']))
    .post('/:id/restore', allow('users:write'), validate({ param: UserId }), async (c) =>
      answerRow(await users.restore(c.req.valid('param').id)),
    )
}
