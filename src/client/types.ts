import type { hc, InferResponseType } from 'hono/client'
import type { createApp } from '../app.ts'
import type { Answer } from './answers.ts'
import type { Line } from './line.ts'

/** What the routes of the service promise. Of the service itself nothing comes with it. */
export type App = ReturnType<typeof createApp>
export type Api = ReturnType<typeof hc<App>>

/** Who calls, as the log says it, and the scopes of the credential. */
export type Caller = InferResponseType<Api['whoami']['$get']>

/** What the calls of every resource are made with. */
export type Connection = {
  api: Api
  /**
   * Sends a request, and sends it again while that is safe. `isRepeatable` says whether to send it twice
   * comes to the same as to send it once; in `line` it waits while the service is too busy.
   */
  call<Given extends Answer, Result>(
    isRepeatable: boolean,
    options: CallOptions & { line?: Line },
    request: (options: { init: { signal: AbortSignal } }) => Promise<Given>,
    read: (answer: Given) => Promise<Result>,
  ): Promise<Result>
}

export type CallOptions = { signal?: AbortSignal | undefined }
/** `ifMatch` is the version that the row must still have: else nothing is written. */
export type WriteOptions = CallOptions & { ifMatch?: number | undefined }
/** A key of one's own, with which a creation can be sent again by another process too. */
export type CreateOptions = CallOptions & { idempotencyKey?: string }
/** `limit` is the size of a page, 1 to 100; 50 when it is left out. */
export type Paged<Query> = CallOptions &
  FiltersOf<Omit<Query, 'limit'>> & { limit?: number | undefined }

/** One by the id of a row takes it as a number too. */
type FiltersOf<Query> = {
  [Name in keyof Query]: Query[Name] extends `${number}` | undefined
    ? Query[Name] | string | number
    : Query[Name]
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
