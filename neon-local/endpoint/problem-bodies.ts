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

/** A failure to log in. Only here does Neon answer 500, so a caller knows that no statement ran. */
export function loginRefusal(error: unknown, user: string): Refusal {
  if (!(error instanceof DatabaseError) || !error.code) {
    return new Refusal(500, "Couldn't connect to compute node")
  }
  // Unknown user and wrong password read the same, so that users cannot be enumerated.
  if (error.code === '28P01' || error.code === '28000') {
    return new Refusal(400, `password authentication failed for user '${user}'`)
  }
  return new Refusal(error.code === '3D000' ? 400 : 500, error.message, error)
}

/** All 17 keys, always. What PostgreSQL did not say is null, but for `code` and `severity`: ''. */
export function problemBody({ message, database }: Refusal): string {
  return JSON.stringify({
    message,
    code: database?.code ?? '',
    detail: database?.detail ?? null,
    hint: database?.hint ?? null,
    position: database?.position ?? null,
    internalPosition: database?.internalPosition ?? null,
    internalQuery: database?.internalQuery ?? null,
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
