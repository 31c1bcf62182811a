import type { hc, InferRequestType, InferResponseType } from 'hono/client'
import type { createApp } from '../app.ts'
import type { User } from '../users/rows.ts'

/** What the routes of the service promise. Of the service itself nothing comes with it. */
export type App = ReturnType<typeof createApp>
export type Api = ReturnType<typeof hc<App>>
export type Users = Api['users']
export type OneUser = Users[':id']

export type NewUser = InferRequestType<Users['$post']>['json']
export type UserChanges = InferRequestType<OneUser['$patch']>['json']
/** Each refused line is counted from 1 in the body; `pointer` leads to its first fault. */
export type ImportResult = InferResponseType<Users['import']['$post']>
export type MediaType = 'application/x-ndjson' | 'text/csv'

type Query = InferRequestType<Users['$get']>['query']

export type CallOptions = { signal?: AbortSignal | undefined }
export type Filters = Pick<Query, 'email' | 'q'>
/** `limit` is the size of a page, 1 to 100; 50 when it is left out. */
export type ListOptions = CallOptions &
  Filters &
  Pick<Query, 'sort'> & { limit?: number | undefined }
export type PageOptions = ListOptions & Pick<Query, 'cursor' | 'count'>
/** `ifMatch` is the version that the user must still have: else nothing is written. */
export type WriteOptions = CallOptions & { ifMatch?: number | undefined }

export type Page = {
  users: User[]
  /** The `cursor` of the next page; none on the last. */
  next: string | undefined
  /** Of all pages, when `count` asked for it. */
  total: number | undefined
}

export type ClientOptions = {
  /** Sent with every request: `{ Authorization: `Bearer ${key}` }`, with an API key or an access token. */
  headers?: Record<string, string>
  fetch?: typeof fetch
  /** Ends all calls of this client. */
  signal?: AbortSignal
  /** How long a call may take with all its retries, and an export until it begins; 30 seconds. */
  timeoutMs?: number
  /** How often a request that failed is sent again at most; 4 times. */
  retries?: number
  /** Called each time that the service is too busy for an import or an export, which then waits. */
  onBusy?: () => void
}
