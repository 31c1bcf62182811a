import { sql } from 'drizzle-orm'
import type { Database } from '../db/connection.ts'
import { type List, listRows, type Page } from '../rows/list.ts'
import { whose } from '../rows/whose.ts'
import { userRows } from '../users/rows.ts'
import { deletedUsers, userEvents, users } from '../users/table.ts'
import { type Event, eventRows } from './rows.ts'

/** Everybody of whom something is known, under the name of the table of the users. */
const everybody = sql`(
  select id from ${users} union select id from ${deletedUsers} union select user_id from ${userEvents}
) as ${users}`

/** What happened to a user, also to one who is gone. Throws `user-not-found` when there never was one. */
export const listHistory = (
  db: Database,
  caller: string,
  userId: number,
  list: List,
): Promise<Page<Event>> =>
  listRows(db, caller, eventRows, {
    ...list,
    filter: whose(eventRows, { userId }),
    parent: { rows: { ...userRows, table: everybody, name: 'everybody' }, id: userId },
  })
