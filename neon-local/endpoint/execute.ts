import { DatabaseError } from 'pg'
import { learnArrayTypes } from './array-types.ts'
import { command, statement } from './exchange.ts'
import type { Payload, Query } from './payload.ts'
import { Refusal } from './problem-bodies.ts'
import { echoOf, type RequestOptions, startTransaction } from './request-options.ts'
import { type Budget, writeResult } from './result-text.ts'
import type { Session } from './session.ts'

export type OnStatement = (sql: string, milliseconds: number) => void

export type Execution = {
  options: RequestOptions
  maxResponseBytes: number
  onStatement: OnStatement | undefined
}

/** A query counts its parameters in 16 bits. */
const maxParams = 65_535

/** Runs what a request asks for, and answers with the JSON of the answer and its own headers. */
export async function execute(
  session: Session,
  payload: Payload,
  execution: Execution,
): Promise<{ json: string; headers: Record<string, string> }> {
  const budget = { maxBytes: execution.maxResponseBytes, leftBytes: execution.maxResponseBytes }
  if (payload.kind === 'single') {
    return { json: await runQuery(session, payload.query, execution, budget), headers: {} }
  }
  await session.run(command(startTransaction(execution.options)))
  const results: string[] = []
  try {
    for (const query of payload.queries) {
      results.push(await runQuery(session, query, execution, budget))
    }
  } catch (error) {
    if (error instanceof DatabaseError) {
      // Before the answer: who reads it may count on the batch being undone, its locks gone.
      await session.run(command('ROLLBACK')).catch(() => {})
    }
    throw error
  }
  // A deferred constraint fails here, and is answered like a failing statement.
  await session.run(command('COMMIT'))
  return { json: `{"results":[${results.join(',')}]}`, headers: echoOf(execution.options) }
}

async function runQuery(
  session: Session,
  { sql, params, arrayMode }: Query,
  { options, onStatement }: Execution,
  budget: Budget,
): Promise<string> {
  refuseUnsendable(sql, params)
  const mode = { raw: options.raw, arrayMode: arrayMode ?? options.arrayMode }
  const result = writeResult(mode, budget, session.arrayTypes)
  const start = performance.now()
  try {
    if (!options.raw) {
      await learnArrayTypes(session, sql, params)
    }
    return result.finish(await session.run(statement(sql, params, result)))
  } finally {
    onStatement?.(sql, performance.now() - start)
  }
}

/** `pg` would write both all the same, and PostgreSQL would read what follows as something else. */
function refuseUnsendable(sql: string, params: unknown[]): void {
  const reason =
    (sql.includes('\0') && 'string contains embedded null') ||
    (params.length > maxParams && 'value too large to transmit')
  if (reason) {
    throw new Refusal(400, `error encoding message to server: ${reason}`)
  }
}
