import { and, asc, count, desc, sql } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { type UserRow, users } from '../db/tables.ts'
import { ServiceError } from '../errors.ts'
import { matches } from './filter.ts'
import type { UserList } from './schema.ts'

/** Behind which user a page begins: the value that the list is sorted by, if not the id, and the id. */
export type Position = readonly [id: number] | readonly [key: string, id: number]

export type UserPage = {
  users: UserRow[]
  /** None on the last page. */
  next?: Position | undefined
  /** Of all pages, when it was asked for. */
  total?: number | undefined
}

export type ListOptions = Omit<UserList, 'cursor'>

// As in the indexes: an order that depends on a locale changes with the machine.
const sortKeys = {
  id: [users.id],
  name: [sql`${users.name} collate "C"`, users.id],
  email: [sql`${users.email} collate "C"`, users.id],
}

/** Throws `no-users` when the table is empty. */
export async function listUsers(
  db: Database,
  { limit, sort, count: isCounted, ...filters }: ListOptions,
  after?: Position,
): Promise<UserPage> {
  const isDescending = sort.startsWith('-')
  const by = (['name', 'email'] as const).find((column) => sort.endsWith(column)) ?? 'id'
  const keys = sortKeys[by]
  const filter = matches(filters)
  // A comparison of rows, which is one range of the index, whatever the depth.
  const isBehind =
    after && sql`(${list(keys)}) ${sql.raw(isDescending ? '<' : '>')} (${list(after)})`

  // One row more than asked for tells whether there is a next page, without a second query.
  const page = db
    .select()
    .from(users)
    .where(and(filter, isBehind))
    .orderBy(...keys.map((key) => (isDescending ? desc(key) : asc(key))))
    .limit(limit + 1)
  const [rows, [counted]] = isCounted
    ? await db.batch([page, db.select({ total: count() }).from(users).where(filter)])
    : [await page, []]

  if (rows.length === 0 && !after && !filter) {
    throw new ServiceError('no-users', 'No users found')
  }
  const shown = rows.slice(0, limit)
  const last = rows.length > limit ? shown.at(-1) : undefined
  return {
    users: shown,
    next: last && (by === 'id' ? [last.id] : [last[by], last.id]),
    total: counted?.total,
  }
}

const list = (parts: readonly unknown[]) =>
  sql.join(
    parts.map((part) => sql`${part}`),
    sql`, `,
  )
