import type { InferRequestType, InferResponseType } from 'hono/client'
import { hasFields, readJson, readPage, readRow, readStream, readText } from '../client/answers.ts'
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
import { isObject, ProblemError } from '../client/errors.ts'
import { createLine } from '../client/line.ts'
import type { Api, CallOptions, Connection, Paged, WriteOptions } from '../client/types.ts'
import type { DeletedUser, User } from './rows.ts'

type Users = Api['users']
type Query = InferRequestType<Users['$get']>['query']

export type { DeletedUser, User }
export type NewUser = NewOf<Users>
export type UserChanges = ChangesOf<Users>
export type PageOptions = PageOptionsOf<Users>
export type ListOptions = ListOptionsOf<Users>
/**
 * The lines of the body are counted from 1; `pointer` leads to the first fault of a refused one.
 */
export type ImportResult = InferResponseType<Users['import']['$post']>
export type MediaType = 'application/x-ndjson' | 'text/csv'

export type Page = {
  users: User[]
  /** The `cursor` of the next page; none on the last. */
  next: string | undefined
  /** Of all pages, when `count` asked for it. */
  total: number | undefined
}

export type DeletedOptions = Paged<InferRequestType<Users['deleted']['$get']>['query']>

export type DeletedPage = Omit<Page, 'users'> & { users: DeletedUser[] }

type ImportOptions = CallOptions & {
  mediaType: MediaType
  onConflict?: 'skip' | 'update' | undefined
}
type ExportOptions = CallOptions &
  Pick<Query, 'email' | 'q'> & {
    mediaType?: MediaType
    /**
     * Told before the first user where the feed of events goes on. Not told with a filter, nor while the
     * feed must be mended after a restore of the database.
     */
    onFeedCursor?: ((cursor: string) => void) | undefined
  }

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
  const { page, create, get, replace, change } = callsOf(connection, users, isUser)
  // The service has separate places for imports and for exports.
  const lines = { import: createLine(), export: createLine() }

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

    /**
     * At most 5,000 lines and 4 MiB. After a retry, users whom the earlier attempt had created
     * count as skipped.
     */
    import(
      body: string | Uint8Array<ArrayBuffer>,
      { mediaType, onConflict = 'skip', ...options }: ImportOptions,
    ): Promise<ImportResult> {
      const headers = { 'Content-Type': mediaType }
      return call(
        true,
        { ...options, line: lines.import },
        ({ init }) =>
          users.import.$post({ query: { onConflict } }, { headers, init: { ...init, body } }),
        (answer) => readJson(answer, isImportResult),
      )
    },

    /** All users, by id. The stream fails when the answer is cut off. */
    export({
      mediaType = 'application/x-ndjson',
      onFeedCursor,
      signal,
      ...query
    }: ExportOptions = {}): Promise<ReadableStream<Uint8Array>> {
      const headers = { Accept: mediaType }
      return call(
        true,
        { signal, line: lines.export },
        (init) => users.export.$get({ query }, { ...init, headers }),
        async (answer) => {
          const stream = await readStream(answer)
          const cursor = answer.headers.get('Feed-Cursor')
          if (cursor !== null) {
            onFeedCursor?.(cursor)
          }
          return stream
        },
      )
    },
  }
}

const isImportResult = (value: unknown): value is ImportResult =>
  isObject(value) &&
  typeof value['created'] === 'number' &&
  typeof value['updated'] === 'number' &&
  typeof value['skipped'] === 'number' &&
  Array.isArray(value['refused']) &&
  value['refused'].every(
    (each) =>
      isObject(each) &&
      typeof each['line'] === 'number' &&
      typeof each['pointer'] === 'string' &&
      typeof each['detail'] === 'string',
  )
