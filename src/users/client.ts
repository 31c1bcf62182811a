import type { InferRequestType } from 'hono/client'
import { hasFields, readPage, readRow, readText } from '../client/answers.ts'
import {
  allPages,
  at,
  type ChangesOf,
  callsOf,
  ifMatch,
  type ListOptionsOf,
  type NewOf,
  type PageOptionsOf,
  queryOf,
} from '../client/calls.ts'
import { ProblemError } from '../client/errors.ts'
import type { Api, CallOptions, Connection, Paged, WriteOptions } from '../client/types.ts'
import { usersBulk } from './bulk-client.ts'
import type { DeletedUser, User } from './rows.ts'

type Users = Api['users']

export type { DeletedUser, User }
export type NewUser = NewOf<Users>
export type UserChanges = ChangesOf<Users>
export type PageOptions = PageOptionsOf<Users>
export type ListOptions = ListOptionsOf<Users>

export type Page = {
  users: User[]
  /** The `cursor` of the next page; none on the last. */
  next: string | undefined
  /** Of all pages, when `count` asked for it. */
  total: number | undefined
}

export type DeletedOptions = Paged<InferRequestType<Users['deleted']['$get']>['query']>

export type DeletedPage = Omit<Page, 'users'> & { users: DeletedUser[] }

const types = {
  id: 'number',
  name: 'string',
  email: 'string',
  version: 'number',
  createdAt: 'string',
  updatedAt: 'string',
} as const
const isUser = hasFields<User>(types)
const isDeletedUser = hasFields<DeletedUser>({ ...types, deletedAt: 'string' })

/** The calls about users. */
export function usersClient(connection: Connection) {
  const { call } = connection
  const { users } = connection.api
  const bulk = usersBulk(connection)
  const { page, create, get, replace, change } = callsOf(connection, users, isUser)

  const orNone = (options: PageOptions) =>
    page(options).catch((error: unknown) => {
      if (error instanceof ProblemError && error.problem.code === 'no-users') {
        return { rows: [], next: undefined, total: options.count && 0 }
      }
      throw error
    })

  return {
    /** One page, which is empty when the service has no users. */
    async page(options: PageOptions = {}): Promise<Page> {
      const { rows, ...rest } = await orNone(options)
      return { users: rows, ...rest }
    },

    /** Every user of every page. A page is fetched when its first user is asked for. */
    list: (options: ListOptions = {}): AsyncGenerator<User, undefined> => allPages(orNone, options),

    create,
    get,
    replace,
    change,

    /**
     * Deletes one, who can be restored for a time; with `erase` for good, also one who was deleted before.
     */
    async remove(
      id: number,
      { erase, ...options }: WriteOptions & { erase?: boolean } = {},
    ): Promise<void> {
      const query = erase ? { erase: 'true' as const } : {}
      const request = { ...at(id), query, ...ifMatch(options) }
      await call(false, options, (init) => users[':id'].$delete(request, init), readText)
    },

    /** Takes back a deletion. One who is there already stays as it is. */
    restore: (id: number, options: CallOptions = {}): Promise<User> =>
      call(true, options, (init) => users[':id'].restore.$post(at(id), init), readRow(isUser)),

    /** One page of those who are deleted and can be restored. */
    async deleted(options: DeletedOptions = {}): Promise<DeletedPage> {
      const { rows, ...rest } = await call(
        true,
        options,
        (init) => users.deleted.$get({ query: queryOf(options) }, init),
        readPage(isDeletedUser),
      )
      return { users: rows, ...rest }
    },

    import: bulk.import,
    export: bulk.export,
  }
}
