import { and, asc, count, desc, sql } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { prepared } from '../db/prepared.ts'
import { users } from '../db/tables.ts'
import { ServiceError } from '../errors.ts'
import { filterValues, matches, type Search, searchOf } from './filter.ts'
import { type Json, userJson } from './json.ts'
import type { User, UserList } from './schema.ts'
import { runSearch } from './search.ts'

/** Behind which user a page begins: the value that the list is sorted by, if not the id, and the id. */
export type Position = readonly [id: number] | readonly [key: string, id: number]

export type UserPage = {
  users: Json<User[]>
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

const limit = sql.placeholder('limit')

/** The whole page as one row. */
const selection = prepared(
  (
    db,
    by: 'id' | 'name' | 'email',
    isDescending: boolean,
    isBehind: boolean,
    hasEmail: boolean,
    search: Search,
    isCounted: boolean,
  ) => {
    const keys = sortKeys[by]
    const position = ['lastKey', 'lastId'].slice(-keys.length).map((name) => sql.placeholder(name))
    // A comparison of rows, which is one range of the index, whatever the depth.
    const behind = sql`(${list(keys)}) ${sql.raw(isDescending ? '<' : '>')} (${list(position)})`
    const filter = matches(hasEmail, search)
    const condition = and(filter, isBehind ? behind : undefined)
    // For a start that many have, PostgreSQL would walk the index of the order and wait for matches
    // to come, which may all stand last. With `offset 0` it asks the indexes of the start.
    const source =
      search === 'start'
        ? sql`(select * from ${users} where ${condition} offset 0) as ${users}`
        : users

    const found = db
      .select({
        json: userJson.as('json'),
        id: sql`${users.id}`.as('id'),
        key: sql`${users[by]}::text`.as('key'),
      })
      .from(source)
      .where(search === 'start' ? undefined : condition)
      .orderBy(...keys.map((key) => (isDescending ? desc(key) : asc(key))))
      .limit(sql.placeholder('limitAndOne'))
      .as('found')
    const total = db.select({ count: count() }).from(users).where(filter)

    return db
      .select({
        json: sql<Json<User[]>>`
          coalesce(array_to_json((array_agg(${found.json}))[:${limit}]), '[]')::text`,
        found: count(),
        lastKey: sql<string>`(array_agg(${found.key}))[${limit}]`,
        lastId: sql`(array_agg(${found.id}))[${limit}]`.mapWith(Number),
        total: isCounted ? sql`(${total})`.mapWith(Number) : sql<null>`null`,
      })
      .from(found)
      .prepare('list_users')
  },
)

/** Throws `no-users` when the table is empty, and for `q` and `count` what `runSearch` throws. */
export async function listUsers(
  db: Database,
  caller: string,
  { limit, sort, count, ...filters }: ListOptions,
  after?: Position,
): Promise<UserPage> {
  const by = (['name', 'email'] as const).find((column) => sort.endsWith(column)) ?? 'id'
  const hasEmail = filters.email !== undefined
  const search = searchOf(filters)
  const isCounted = count !== undefined
  const query = selection(db, by, sort.startsWith('-'), !!after, hasEmail, search, isCounted)
  const values = {
    ...filterValues(filters),
    limit,
    // One row more than asked for tells whether there is a next page, without a second query.
    limitAndOne: limit + 1,
    lastKey: after?.at(0),
    lastId: after?.at(-1),
  }
  // Any other page is a few rows of an index, whatever the table.
  const [page] =
    search !== 'none' || isCounted
      ? await runSearch(db, caller, query, values)
      : await db.run(query, values)

  if (!page) {
    throw new TypeError('An aggregate without a grouping has returned no row.')
  }
  if (page.found === 0 && !after && !hasEmail && search === 'none') {
    throw new ServiceError('no-users', 'No users found')
  }
  const last: Position = by === 'id' ? [page.lastId] : [page.lastKey, page.lastId]
  return {
    users: page.json,
    next: page.found > limit ? last : undefined,
    total: page.total ?? undefined,
  }
}

const list = (parts: readonly unknown[]) =>
  sql.join(
    parts.map((part) => sql`${part}`),
    sql`, `,
  )
