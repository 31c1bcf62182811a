import { answerList } from '../http/answers.ts'
import { allow, callerOf } from '../http/auth.ts'
import { limitSearches } from '../http/rate-limit-bindings.ts'
import { createRoutes } from '../http/router.ts'
import { validate } from '../http/validate.ts'
import type { Shared } from '../shared.ts'
import { listHistory } from './history.ts'
import { History, HistoryOf } from './input.ts'

/** Mounted at `/users`. */
export const historyRoutes = ({ db, cursors, limits }: Shared) =>
  createRoutes().get(
    '/:id/history',
    allow('users:audit'),
    limitSearches(limits.searches),
    validate({ param: HistoryOf, query: History }),
    (c) =>
      answerList(c, cursors, c.req.valid('query'), (list) =>
        listHistory(db, callerOf(c), c.req.valid('param').id, list),
      ),
  )
