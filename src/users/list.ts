import { asc, gt } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { type UserRow, users } from '../db/tables.ts'
import { ServiceError } from '../errors.ts'

export type UserPage = {
  users: UserRow[]
  /** The id after which the next page begins; none on the last page. */
  next?: number
}

/** Users by id, after the id `after`. Throws `no-users` when the table is empty. */
export async function listUsers(db: Database, limit: number, after?: number): Promise<UserPage> {
  // One row more than asked for tells whether there is a next page, without a second query.
  const rows = await db
    .select()
    .from(users)
    .where(after === undefined ? undefined : gt(users.id, after))
    .orderBy(asc(users.id))
    .limit(limit + 1)

  if (rows.length === 0 && after === undefined) {
    throw new ServiceError('no-users', 'No users found')
  }
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return rows.length > limit && last ? { users: page, next: last.id } : { users: page }
}
