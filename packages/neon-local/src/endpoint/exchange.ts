import { type Connection, DatabaseError, type Submittable } from 'pg'
import { withResolvers } from '../with-resolvers.ts'
import { unreadableAnswer } from './problem-bodies.ts'
import { refuseGarbledError, refuseGarbledFields, refuseGarbledRow } from './utf8-only.ts'

export type Field = {
  name: string
  dataTypeID: number
  tableID: number
  columnID: number
  dataTypeSize: number
  dataTypeModifier: number
}

/** A value as PostgreSQL prints it, or reads it. */
export type Cell = string | null

/** Takes a result as it arrives, so that one that is too large is never held whole. May throw. */
export type Receiver = {
  fields(fields: Field[]): void
  row(cells: Cell[]): void
  /** So many bytes have come of a row that is not whole yet. */
  partOfRow(bytes: number): void
}

/** Throws all of it away. */
export const nobody: Receiver = { fields() {}, row() {}, partOfRow() {} }

/**
 * One exchange with PostgreSQL: what is sent, and the answer up to ReadyForQuery. The Query of `pg`
 * would convert parameters, parse cells and hold the whole result. A class, because `pg` calls
 * these methods by their names.
 */
export class Exchange implements Submittable {
  /** The command tag. Only when the server is ready again is a statement's own commit done. */
  readonly done: Promise<string>
  /** Whether PostgreSQL answers in UTF-8, as it does unless it is asked not to. */
  isUtf8 = true
  readonly #send: (connection: Connection) => void
  readonly #receiver: Receiver
  readonly #resolve: (tag: string) => void
  readonly #reject: (error: unknown) => void
  #tag = ''
  #bytesSinceRow = 0
  #isOver = false

  constructor(send: (connection: Connection) => void, receiver: Receiver = nobody) {
    const { promise, resolve, reject } = withResolvers<string>()
    this.done = promise
    this.#resolve = resolve
    this.#reject = reject
    this.#send = send
    this.#receiver = receiver
  }

  submit(connection: Connection): void {
    // One write instead of five: the system calls are most of what a small query costs.
    connection.stream.cork()
    this.#send(connection)
    connection.stream.uncork()
  }

  handleRowDescription(message: { fields: Field[] }): void {
    this.#receive(() => {
      if (!this.isUtf8) {
        refuseGarbledFields(message.fields)
      }
      this.#receiver.fields(message.fields)
    })
  }

  handleDataRow({ fields: cells, length }: { fields: Cell[]; length: number }): void {
    this.#bytesSinceRow = 0
    this.#receive(() => {
      refuseGarbledRow(cells, length, this.isUtf8)
      this.#receiver.row(cells)
    })
  }

  /** Not a message: `pg` says nothing of a row, of up to 1 GB, before it has the whole of it. */
  handleBytes(bytes: number): void {
    this.#bytesSinceRow += bytes
    this.#receive(() => this.#receiver.partOfRow(this.#bytesSinceRow))
  }

  handleCommandComplete(message: { text: string }): void {
    this.#tag = message.text
  }

  handleEmptyQuery(): void {}

  handleReadyForQuery(): void {
    this.#resolve(this.#tag)
  }

  handleError(error: unknown): void {
    this.#receive(() => {
      if (!this.isUtf8 && error instanceof DatabaseError) {
        refuseGarbledError(error)
      }
      this.#reject(error)
    })
  }

  handleCopyInResponse(): void {
    this.handleCopy()
  }

  handleCopyData(): void {
    this.handleCopy()
  }

  /** HTTP has no way to carry a COPY stream; hosted Neon trips over one with these very words. */
  handleCopy(): void {
    this.#reject(unreadableAnswer('invalid message length: expected buffer to be empty'))
  }

  #receive(part: () => void): void {
    if (this.#isOver) {
      return
    }
    try {
      part()
    } catch (error) {
      this.#isOver = true
      this.#reject(error)
    }
  }
}

/** Every parameter and column is text, and no parameter has a type: PostgreSQL infers it. */
export function statement(sql: string, params: Cell[], receiver: Receiver): Exchange {
  return new Exchange((connection) => {
    prepare(connection, sql, params)
    connection.execute(null, true)
    connection.sync()
  }, receiver)
}

/** Finds out whether PostgreSQL can read a statement, and no more. */
export function parsing(sql: string): Exchange {
  return new Exchange((connection) => {
    connection.parse({ name: '', text: sql, types: [] }, true)
    connection.sync()
  })
}

/** Asks for the columns of a statement without running it. */
export function description(sql: string, params: Cell[], receiver: Receiver): Exchange {
  return new Exchange((connection) => {
    prepare(connection, sql, params)
    connection.sync()
  }, receiver)
}

function prepare(connection: Connection, sql: string, params: Cell[]): void {
  connection.parse({ name: '', text: sql, types: [] }, true)
  connection.bind({ values: params }, true)
  connection.describe({ type: 'P' }, true)
}

/** Our own commands, in the simple protocol: there, one string may hold several. */
export function command(sql: string): Exchange {
  return new Exchange((connection) => connection.query(sql))
}
