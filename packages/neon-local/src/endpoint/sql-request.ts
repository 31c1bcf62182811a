import type { IncomingMessage } from 'node:http'
import { DatabaseError } from 'pg'
import { readCredentials } from './credentials.ts'
import { execute, type OnStatement } from './execute.ts'
import { firstHeader } from './first-header.ts'
import { type Payload, readPayload } from './payload.ts'
import { problemBody, statementRefusal } from './problem-bodies.ts'
import { readBody } from './request-body.ts'
import { type RequestOptions, readOptions } from './request-options.ts'
import type { Session } from './session.ts'
import type { SessionPool } from './session-pool.ts'
import type { Sessions } from './sessions.ts'

export type SqlSettings = {
  maxRequestBytes: number
  maxResponseBytes: number
  onStatement: OnStatement | undefined
}

export type Answer = {
  status: number
  headers: Record<string, string>
  body: string
  /** Runs once the answer is on its way: cleaning up must not delay it. */
  afterwards?: () => Promise<void>
}

/** Answers `POST /sql`. The signal says that the client is gone: what runs is then cancelled. */
export async function answerSql(
  request: IncomingMessage,
  signal: AbortSignal,
  sessions: Sessions,
  settings: SqlSettings,
): Promise<Answer> {
  try {
    // The order decides which of two faults a client hears of.
    const header = firstHeader(request)
    const pool = sessions.poolOf(readCredentials(header))
    const options = readOptions(header)
    const reading = readBody(request, settings.maxRequestBytes).then(readPayload)
    const [payload, session] = await prepare(reading, pool, signal)
    const { json, headers } = await run(session, payload, options, signal, settings)
    return { status: 200, headers, body: json, afterwards: () => pool.release(session) }
  } catch (error) {
    const refusal = statementRefusal(error)
    return { status: refusal.status, headers: {}, body: problemBody(refusal) }
  }
}

/** Logs in while the body is on its way; the first of the two to fail is what is answered. */
async function prepare(
  reading: Promise<Payload>,
  pool: SessionPool,
  signal: AbortSignal,
): Promise<[Payload, Session]> {
  const acquiring = pool.acquire(signal)
  try {
    const both = await Promise.all([reading, acquiring])
    signal.throwIfAborted()
    return both
  } catch (error) {
    acquiring.then(pool.release, () => {})
    throw error
  }
}

async function run(
  session: Session,
  payload: Payload,
  options: RequestOptions,
  signal: AbortSignal,
  settings: SqlSettings,
): ReturnType<typeof execute> {
  const abandon = () => void session.abandon()
  signal.addEventListener('abort', abandon)
  try {
    return await execute(session, payload, { ...settings, options })
  } catch (error) {
    // Thrown away, as by Neon's proxy: what a failed request left behind is not worth finding out.
    await (error instanceof DatabaseError ? session.close() : session.abandon())
    throw error
  } finally {
    signal.removeEventListener('abort', abandon)
  }
}
