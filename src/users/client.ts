import type { InferRequestType, InferResponseType } from 'hono/client'
import {
  allPages,
  hasFields,
  readJson,
  readPage,
  readRow,
  readStream,
  readText,
} from '../client/answers.ts'
import { isObject, ProblemError } from '../client/errors.ts'
import { createLine } from '../client/line.ts'
import { at, ifMatch, queryOf } from '../client/request.ts'
import type {
  Api,
  CallOptions,
  Connection,
  CreateOptions,
  Paged,
  WriteOptions,
} from '../client/types.ts'
import type { User } from './rows.ts'

type Users = Api['users']
type Query = InferRequestType<Users['$get']>['query']

export type { User }
export type NewUser = InferRequestType<Users['$post']>['json']
export type UserChanges = InferRequestType<Users[':id']['$patch']>['json']
export type PageOptions = Paged<Query>
export type ListOptions = Omit<PageOptions, 'cursor' | 'count'>
/** Each refused line is counted from 1 in the body; `pointer` leads to its first fault. */
export type ImportResult = InferResponseType<Users['import']['$post']>
export type MediaType = 'application/x-ndjson' | 'text/csv'

export type Page = {
  users: User[]
  /** The `cursor` of the next page; none on the last. */
  next: string | undefined
  /** Of all pages, when `count` asked for it. */
  total: number | undefined
}

type ImportOptions = CallOptions & {
  mediaType: MediaType
  onConflict?: 'skip' | 'update' | undefined
}
type ExportOptions = CallOptions & Pick<Query, 'email' | 'q'> & { mediaType?: MediaType }

const isUser = hasFields<User>({
  id: 'number',
  name: 'string',
  email: 'string',
  version: 'number',
  createdAt: 'string',
  updatedAt: 'string',
})
const readUser = readRow(isUser)

/** The calls about users. */
export function usersClient({ api: { users }, call }: Connection) {
  const user = users[':id']
  // The service has places for imports, and others for exports.
  const lines = { import: createLine(), export: createLine() }

  const fetchPage = (options: PageOptions) =>
    call(
      true,
      options,
      (init) => users.$get({ query: queryOf(options) }, init),
      readPage(isUser),
    ).catch((error: unknown) => {
      if (error instanceof ProblemError && error.problem.code === 'no-users') {
        return { rows: [], next: undefined, total: options.count && 0 }
      }
      throw error
    })

  return {
    /** One page. Of a service without users it is empty. */
    async page(options: PageOptions = {}): Promise<Page> {
      const { rows, ...page } = await fetchPage(options)
      return { users: rows, ...page }
    },

    /** Every user of every page. A page is fetched when its first user is asked for. */
    list: (options: ListOptions = {}): AsyncGenerator<User, undefined> =>
      allPages((cursor) => fetchPage({ ...options, ...(cursor && { cursor }) })),

    /** Creates one user, even when it must be sent again. Without a key it takes one of its own. */
    create(
      newUser: NewUser,
      { idempotencyKey = crypto.randomUUID(), ...options }: CreateOptions = {},
    ): Promise<User> {
      const request = { json: newUser, header: { 'idempotency-key': idempotencyKey } }
      return call(true, options, (init) => users.$post(request, init), readUser)
    },

    get: (id: number, options: CallOptions = {}): Promise<User> =>
      call(true, options, (init) => user.$get({ param: at(id), header: {} }, init), readUser),

    replace(id: number, newUser: NewUser, options: WriteOptions = {}): Promise<User> {
      const request = { param: at(id), header: ifMatch(options), json: newUser }
      return call(false, options, (init) => user.$put(request, init), readUser)
    },

    change(id: number, changes: UserChanges, options: WriteOptions = {}): Promise<User> {
      const request = { param: at(id), header: ifMatch(options), json: changes }
      return call(false, options, (init) => user.$patch(request, init), readUser)
    },

    async remove(id: number, options: WriteOptions = {}): Promise<void> {
      const request = { param: at(id), header: ifMatch(options) }
      await call(false, options, (init) => user.$delete(request, init), readText)
    },

    /**
     * At most 5,000 lines and 4 MiB. After a retry, what the attempt before had created counts as
     * skipped.
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

    /** The users by id. The stream fails when the answer is cut. */
    export({
      mediaType = 'application/x-ndjson',
      signal,
      ...query
    }: ExportOptions = {}): Promise<ReadableStream<Uint8Array>> {
      const headers = { Accept: mediaType }
      return call(
        true,
        { signal, line: lines.export },
        (init) => users.export.$get({ query }, { ...init, headers }),
        readStream,
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
