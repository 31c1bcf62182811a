import { hc } from 'hono/client'
import { connecting, hasFields, readRow } from './client/answers.ts'
import { sendInLine } from './client/line.ts'
import { send } from './client/send.ts'
import type { App, Caller, CallOptions, ClientOptions, Connection } from './client/types.ts'
import { eventsClient } from './events/client.ts'
import { usersClient } from './users/client.ts'

export { AnswerError, ConnectionError, type Problem, ProblemError } from './client/errors.ts'
export type { Caller, ClientOptions } from './client/types.ts'
export type { Event, FeedOptions, FeedPage, HistoryOptions, HistoryPage } from './events/client.ts'
export type { ImportResult, MediaType } from './users/bulk-client.ts'
export type {
  DeletedOptions,
  DeletedPage,
  DeletedUser,
  ListOptions,
  NewUser,
  Page,
  PageOptions,
  User,
  UserChanges,
} from './users/client.ts'

/**
 * A client of the service. Its calls reject with ProblemError when the service says no, AnswerError
 * when something else answers, ConnectionError when nothing does, and the reason of an aborted signal.
 *
 * What failed for the moment is sent again when that is safe: reads, creations (under an idempotency
 * key) and imports always; changes and removals only when the service surely did not carry them out.
 * Imports and exports for which the service is too busy wait for their turn, as long as `timeoutMs`.
 */
export function createClient(baseUrl: string, options: ClientOptions = {}) {
  const connection = connect(baseUrl, options)

  return {
    /** Who calls, and what the key or the token allows. */
    whoami: ({ signal }: CallOptions = {}): Promise<Caller> =>
      connection.call(
        true,
        { signal },
        ({ init }) => connection.api.whoami.$get({}, { init }),
        readRow(isCaller),
      ),

    users: usersClient(connection),
    events: eventsClient(connection),
  }
}

const isCaller = hasFields<Caller>({ caller: 'string', scopes: 'object' })

function connect(
  baseUrl: string,
  {
    headers = {},
    fetch: fetchWith = fetch,
    signal,
    timeoutMs = 30_000,
    retries = 4,
    onBusy,
  }: ClientOptions,
): Connection {
  return {
    api: hc<App>(new URL(baseUrl).href, { headers, fetch: connecting(fetchWith) }),

    call(isRepeatable, options, request, read) {
      const signals = [signal, options.signal].filter((each) => each !== undefined)
      const sendIt = options.line ? sendInLine(options.line, onBusy) : send
      return sendIt(async (stop) => read(await request({ init: { signal: stop } })), {
        isRepeatable,
        retries,
        timeoutMs,
        ...(signals.length > 0 && { signal: AbortSignal.any(signals) }),
      })
    },
  }
}
