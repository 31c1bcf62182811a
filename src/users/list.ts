import type { Database } from '../db/client.ts'
import { ServiceError } from '../errors.ts'
import { listRows, type Page, type Position } from '../rows/list.ts'
import { filterOf } from './filter.ts'
import { type User, userRows } from './rows.ts'
import type { UserList } from './schema.ts'

/** Throws `no-users` when the table is empty, and for `q` and `count` what a search throws. */
export async function listUsers(
  db: Database,
  caller: string,
  { limit, sort, count, ...filters }: Omit<UserList, 'cursor'>,
  after?: Position,
): Promise<Page<User>> {
  const filter = filterOf(filters)
  const list = { limit, sort, after, filter, isCounted: count !== undefined }
  const page = await listRows(db, caller, userRows, list)

  if (page.isEmpty && !after && !filter) {
    throw new ServiceError('no-users', 'No users found')
  }
  return page
}
