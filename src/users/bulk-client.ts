import type { InferRequestType, InferResponseType } from 'hono/client'
import { readRow } from '../client/answers.ts'
import { isObject } from '../client/errors.ts'
import { createLine } from '../client/line.ts'
import { readStream } from '../client/stream.ts'
import type { Api, CallOptions, Connection } from '../client/types.ts'

type Users = Api['users']
type Query = InferRequestType<Users['export']['$get']>['query']

/**
 * The lines of the body are counted from 1; `pointer` leads to the first fault of a refused one.
 */
export type ImportResult = InferResponseType<Users['import']['$post']>
export type MediaType = 'application/x-ndjson' | 'text/csv'

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

/** The calls about users that take many in and out. */
export function usersBulk({ api: { users }, call }: Connection) {
  // The service has separate places for imports and for exports.
  const lines = { import: createLine(), export: createLine() }

  return {
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
        readRow(isImportResult),
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
