import { DatabaseError } from 'pg'

/** What a request is refused with. The message is the one that hosted Neon sends, to the letter. */
export class Refusal extends Error {
  override name = 'Refusal'
  readonly status: number
  readonly database: DatabaseError | undefined

  constructor(status: number, message: string, database?: DatabaseError) {
    super(message)
    this.status = status
    this.database = database
  }
}

/** What PostgreSQL sent is nothing that Neon's proxy can read. */
export function unreadableAnswer(reason: string): Refusal {
  return new Refusal(400, `error parsing response from server: ${reason}`)
}

/** A failure of a statement: Neon answers 400, whatever the SQLSTATE. */
export function statementRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) {
    return error
  }
  if (error instanceof DatabaseError) {
    return new Refusal(400, error.message, error)
  }
  const reason = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof reason === 'string'
    ? new Refusal(400, `error communicating with the server: ${reason}`)
    : new Refusal(400, 'connection closed')
}

/**
 * All 17 keys, always. What PostgreSQL did not say is null, but for `code` and `severity`: ''. Where
 * it happened is one place: in the statement, or in a query of the server's own that is whole.
 */
export function problemBody({ message, database }: Refusal): string {
  const { position, internalPosition, internalQuery } = database ?? {}
  const isInternal = !position && internalPosition !== undefined && internalQuery !== undefined
  return JSON.stringify({
    message,
    code: database?.code ?? '',
    detail: database?.detail ?? null,
    hint: database?.hint ?? null,
    position: position ?? null,
    internalPosition: isInternal ? internalPosition : null,
    internalQuery: isInternal ? internalQuery : null,
    severity: database?.severity ?? '',
    where: database?.where ?? null,
    table: database?.table ?? null,
    column: database?.column ?? null,
    schema: database?.schema ?? null,
    dataType: database?.dataType ?? null,
    constraint: database?.constraint ?? null,
    file: database?.file ?? null,
    line: database?.line ?? null,
    routine: database?.routine ?? null,
  })
}
