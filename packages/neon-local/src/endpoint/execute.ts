import { DatabaseError } from 'pg'
import { learnArrayTypes } from './array-types.ts'
import { command, parsing, statement } from './exchange.ts'
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

/** PostgreSQL takes twice as many; Neon's proxy counts them with a sign. */
const maxParams = 32_767

/** Runs what a request asks for, and answers with the JSON of the answer and its own headers. */
export async function execute(
  session: Session,
  payload: Payload,
  execution: Execution,
): Promise<{ json: string; headers: Record<string, string> }> {
  const budget = { maxBytes: execution.maxResponseBytes, bytes: 0 }
  if (payload.kind === 'single') {
    return { json: await runQuery(session, payload.query, execution, budget), headers: {} }
  }
  await session.run(command(startTransaction(execution.options)))
  let json = '{"results":['
  budget.bytes = json.length
  try {
    for (const [index, query] of payload.queries.entries()) {
      const separator = index === 0 ? '' : ','
      budget.bytes += separator.length
      json += separator + (await runQuery(session, query, execution, budget))
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
  return { json: `${json}]}`, headers: echoOf(execution.options) }
}

async function runQuery(
  session: Session,
  { sql, params, arrayMode }: Query,
  { options, onStatement }: Execution,
  budget: Budget,
): Promise<string> {
  if (sql.includes('\0')) {
    throw unsendable('string contains embedded null')
  }
  const mode = { raw: options.raw, arrayMode: arrayMode ?? options.arrayMode }
  const result = writeResult(mode, budget, session.arrayTypes)
  const start = performance.now()
  try {
    if (params.length > maxParams) {
      // The proxy sends the statement first, so a fault of that is what is answered.
      await session.run(parsing(sql))
      throw unsendable('value too large to transmit')
    }
    if (!options.raw) {
      await learnArrayTypes(session, sql, params)
    }
    return result.finish(await session.run(statement(sql, params, result)))
  } finally {
    onStatement?.(sql, performance.now() - start)
  }
}

/** `pg` would write a NUL all the same, and PostgreSQL would read what follows as something else. */
function unsendable(reason: string): Refusal {
  return new Refusal(400, `error encoding message to server: ${reason}`)
}
