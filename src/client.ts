import { hc } from 'hono/client'
import {
  type Answer,
  connecting,
  readImportResult,
  readPage,
  readStream,
  readText,
  readUser,
} from './client/answers.ts'
import { ProblemError } from './client/errors.ts'
import { createLine, type Line } from './client/line.ts'
import { send } from './client/send.ts'
import type {
  Api,
  App,
  CallOptions,
  ClientOptions,
  Filters,
  ImportResult,
  ListOptions,
  MediaType,
  NewUser,
  Page,
  PageOptions,
  UserChanges,
  WriteOptions,
} from './client/types.ts'
import type { User } from './users/rows.ts'

export { AnswerError, ConnectionError, type Problem, ProblemError } from './client/errors.ts'
export type {
  ClientOptions,
  ImportResult,
  ListOptions,
  MediaType,
  NewUser,
  Page,
  PageOptions,
  User,
  UserChanges,
}

/**
 * A client of the service. Its calls reject with ProblemError when the service says no, AnswerError
 * when something else answers, ConnectionError when nothing does, and the reason of an aborted signal.
 *
 * What failed for the moment is sent again when that is safe: reads, creations (under an idempotency
 * key) and imports always; changes and removals only when the service surely did not carry them out.
 * Imports and exports for which the service is too busy wait for their turn, as long as `timeoutMs`.
 */
export function createClient(
  baseUrl: string,
  {
    headers = {},
    fetch: fetchWith = fetch,
    signal,
    timeoutMs = 30_000,
    retries = 4,
    onBusy,
  }: ClientOptions = {},
) {
  // The service has places for imports, and others for exports.
  const lines = { import: createLine(), export: createLine() }
  const api: Api = hc<App>(new URL(baseUrl).href, { headers, fetch: connecting(fetchWith) })

  const call = <Given extends Answer, Result>(
    isRepeatable: boolean,
    options: CallOptions & { line?: Line },
    request: (options: { init: { signal: AbortSignal } }) => Promise<Given>,
    read: (answer: Given) => Promise<Result>,
  ): Promise<Result> => {
    const signals = [signal, options.signal].filter((each) => each !== undefined)
    return send(async (stop) => read(await request({ init: { signal: stop } })), {
      isRepeatable,
      retries,
      timeoutMs,
      line: options.line,
      onBusy,
      ...(signals.length > 0 && { signal: AbortSignal.any(signals) }),
    })
  }

  async function page({ limit, signal, ...rest }: PageOptions = {}): Promise<Page> {
    const query = { ...rest, ...(limit !== undefined && { limit: String(limit) }) }
    return call(true, { signal }, (options) => api.users.$get({ query }, options), readPage).catch(
      (error: unknown) => {
        if (error instanceof ProblemError && error.problem.code === 'no-users') {
          return { users: [], next: undefined, total: rest.count && 0 }
        }
        throw error
      },
    )
  }

  return {
    users: {
      /** One page. Of a service without users it is empty. */
      page,

      /** Every user of every page. A page is fetched when its first user is asked for. */
      async *list(options: ListOptions = {}): AsyncGenerator<User, undefined> {
        let cursor: string | undefined
        do {
          const { users, next } = await page({ ...options, ...(cursor && { cursor }) })
          yield* users
          cursor = next
        } while (cursor !== undefined)
      },

      /** Creates one user, even when it must be sent again. Without a key it takes one of its own. */
      create: (
        newUser: NewUser,
        {
          idempotencyKey = crypto.randomUUID(),
          ...options
        }: CallOptions & { idempotencyKey?: string } = {},
      ): Promise<User> =>
        call(
          true,
          options,
          (init) =>
            api.users.$post({ json: newUser, header: { 'idempotency-key': idempotencyKey } }, init),
          readUser,
        ),

      get: (id: number, options: CallOptions = {}): Promise<User> =>
        call(
          true,
          options,
          (init) => api.users[':id'].$get({ param: at(id), header: {} }, init),
          readUser,
        ),

      replace: (id: number, newUser: NewUser, options: WriteOptions = {}): Promise<User> => {
        const request = { param: at(id), header: ifMatch(options), json: newUser }
        return call(false, options, (init) => api.users[':id'].$put(request, init), readUser)
      },

      change: (id: number, changes: UserChanges, options: WriteOptions = {}): Promise<User> => {
        const request = { param: at(id), header: ifMatch(options), json: changes }
        return call(false, options, (init) => api.users[':id'].$patch(request, init), readUser)
      },

      async remove(id: number, options: WriteOptions = {}): Promise<void> {
        const request = { param: at(id), header: ifMatch(options) }
        await call(false, options, (init) => api.users[':id'].$delete(request, init), readText)
      },

      /**
       * At most 5,000 lines and 4 MiB. After a retry, what the attempt before had created counts as
       * skipped.
       */
      import: (
        body: string | Uint8Array<ArrayBuffer>,
        {
          mediaType,
          onConflict = 'skip',
          ...options
        }: CallOptions & { mediaType: MediaType; onConflict?: 'skip' | 'update' | undefined },
      ): Promise<ImportResult> =>
        call(
          true,
          { ...options, line: lines.import },
          ({ init }) =>
            api.users.import.$post(
              { query: { onConflict } },
              { headers: { 'Content-Type': mediaType }, init: { ...init, body } },
            ),
          readImportResult,
        ),

      /** The users by id. The stream fails when the answer is cut. */
      export: ({
        mediaType = 'application/x-ndjson',
        signal,
        ...query
      }: CallOptions & Filters & { mediaType?: MediaType } = {}): Promise<
        ReadableStream<Uint8Array>
      > =>
        call(
          true,
          { signal, line: lines.export },
          (options) =>
            api.users.export.$get({ query }, { ...options, headers: { Accept: mediaType } }),
          readStream,
        ),
    },
  }
}

const at = (id: number) => ({ id: String(id) })

const ifMatch = ({ ifMatch: version }: WriteOptions) =>
  version === undefined ? {} : { 'if-match': `"${version}"` }
