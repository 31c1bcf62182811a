import { answerFeed } from '../http/answers.ts'
import { allow, callerOf } from '../http/auth.ts'
import { limitSearches } from '../http/rate-limit-bindings.ts'
import { createRoutes } from '../http/router.ts'
import { validate } from '../http/validate.ts'
import { readFeed } from '../rows/feed.ts'
import { readCursor, writeCursor } from '../rows/feed-cursor.ts'
import type { Shared } from '../shared.ts'

import { filterOf } from './filter.ts'
import { EventFeed } from './input.ts'
import { eventRows, userEvents } from './rows.ts'

export const eventRoutes = ({ db, limits }: Shared) =>
  createRoutes().get(
    '/',
    allow('users:audit'),
    limitSearches(limits.searches, ['kind', 'caller']),
    validate({ query: EventFeed }),
    async (c) => {
      const { limit, cursor, since, ...filters } = c.req.valid('query')
      const after = cursor === undefined ? undefined : readCursor(cursor)
      const filter = filterOf(filters)
      const { json, next } = await readFeed(
        db,
        callerOf(c),
        { rows: eventRows, events: userEvents },
        { limit, after, since, filter },
      )
      return answerFeed(c, { json, next: writeCursor(next) })
    },
  )
