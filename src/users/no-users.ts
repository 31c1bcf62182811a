import type { Database } from '../db/connection.ts'
import { ServiceError } from '../errors.ts'
import { type List, listRows, type Page } from '../rows/list.ts'
import { type User, userRows } from './rows.ts'

/** Like any list, except that an empty table is a `no-users`, which is a 404 (`resource.ts`). */
export async function listUsers(db: Database, caller: string, list: List): Promise<Page<User>> {
  const page = await listRows(db, caller, userRows, list)

  if (page.isEmpty && !list.after && !list.filter) {
    throw new ServiceError('no-users', 'No users found')
  }
  return page
}
