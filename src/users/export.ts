import type { Database } from '../db/connection.ts'
import type { Row } from '../db/run.ts'
import { allRows } from '../rows/all.ts'
import { feedEnd, feedEndOf } from '../rows/feed.ts'
import { writeCursor } from '../rows/feed-cursor.ts'
import { filterOf } from './filter.ts'
import type { UserFilters } from './input.ts'
import { userRows } from './rows.ts'
import { userEvents } from './table.ts'

/**
 * The users of a filter, page by page, with the fields of `userRows`. Without a filter, `tellCursor` is told before the first page where
 * the feed of events goes on: from there on, and with what was exported, nothing is missed. It is not
 * told while the feed must be mended after a restore of the database.
 */
export function exportUsers(
  db: Database,
  caller: string,
  filters: UserFilters,
  tellCursor: (cursor: string) => void,
): AsyncGenerator<readonly Row[], undefined> {
  const filter = filterOf(filters)
  const before = {
    statement: feedEnd(userEvents),
    take(rows: readonly Row[]) {
      const end = feedEndOf(rows)
      if (end) {
        tellCursor(writeCursor(end))
      }
    },
  }
  return allRows(db, caller, userRows, filter, filter ? undefined : before)
}
