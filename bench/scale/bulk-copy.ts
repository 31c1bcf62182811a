import { once } from 'node:events'
import type pg from 'pg'
import type { Connection, Submittable } from 'pg'

/** What the types of `pg` leave out. */
type CopyConnection = Connection & {
  sendCopyFromChunk(chunk: Buffer): void
  endCopyFrom(): void
}

/** One COPY. A class, because `pg` calls these methods by their names. */
class Copy implements Submittable {
  readonly done: Promise<void>
  readonly #sql: string
  readonly #source: AsyncIterable<Buffer> | undefined
  readonly #onBytes: (bytes: Buffer) => void
  readonly #resolve: () => void
  readonly #reject: (error: unknown) => void

  constructor(
    sql: string,
    source: AsyncIterable<Buffer> | undefined,
    onBytes: (bytes: Buffer) => void,
  ) {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.done = promise
    this.#resolve = resolve
    this.#reject = reject
    this.#sql = sql
    this.#source = source
    this.#onBytes = onBytes
  }

  submit(connection: Connection): void {
    connection.query(this.#sql)
  }

  handleCopyInResponse(connection: CopyConnection): void {
    this.#send(connection).catch(this.#reject)
  }

  handleCopyData({ chunk }: { chunk: Buffer }): void {
    this.#onBytes(chunk)
  }

  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleCommandComplete(): void {}
  handleEmptyQuery(): void {}

  handleReadyForQuery(): void {
    this.#resolve()
  }

  handleError(error: unknown): void {
    this.#reject(error)
  }

  async #send(connection: CopyConnection): Promise<void> {
    for await (const chunk of this.#source ?? []) {
      connection.sendCopyFromChunk(chunk)
      if (connection.stream.writableNeedDrain) {
        await once(connection.stream, 'drain')
      }
    }
    connection.endCopyFrom()
  }
}

/** `COPY … FROM STDIN` of what `source` gives. */
export const copyIn = (client: pg.Client, sql: string, source: AsyncIterable<Buffer>) =>
  client.query(new Copy(sql, source, () => {})).done

/** `COPY … TO STDOUT`. */
export const copyOut = (client: pg.Client, sql: string, onBytes: (bytes: Buffer) => void) =>
  client.query(new Copy(sql, undefined, onBytes)).done
