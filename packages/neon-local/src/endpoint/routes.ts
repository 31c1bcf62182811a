import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ChooseFault } from '../faults.ts'
import { problemBody, Refusal, statementRefusal } from './problem-bodies.ts'
import type { Sessions } from './sessions.ts'
import { spoil } from './spoil.ts'
import { type Answer, answerSql, type SqlSettings } from './sql-request.ts'
import { type AllowedOrigins, corsHeaders, pageRefusal } from './web-pages.ts'

const options: Answer = { status: 200, headers: { Allow: 'OPTIONS, POST' }, body: '' }

const preflight: Answer = {
  ...options,
  headers: {
    ...options.headers,
    'Access-Control-Allow-Headers':
      'Authorization, Neon-Connection-String, Neon-Raw-Text-Output, Neon-Array-Mode, ' +
      'Neon-Pool-Opt-In, Neon-Batch-Read-Only, Neon-Batch-Isolation-Level',
    'Access-Control-Max-Age': '86400',
  },
}

export type EndpointSettings = SqlSettings & {
  chooseFault: ChooseFault
  cors: AllowedOrigins
}

const unsupported: Answer = { status: 400, headers: {}, body: '"query is not supported"' }

/** Answers one HTTP request, whatever it is. */
export async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  sessions: Sessions,
  settings: EndpointSettings,
): Promise<void> {
  const refusal = pageRefusal(request, settings.cors)
  if (refusal !== undefined) {
    // Nothing of the body is read, so the connection cannot go on to another request.
    response.writeHead(403, { 'Content-Type': 'application/json', Connection: 'close' })
    response.end(problemBody(new Refusal(403, refusal)))
    return
  }
  const gone = new AbortController()
  response.on('close', () => {
    if (!response.writableFinished) {
      gone.abort()
    }
  })
  const answer = await answerTo(request, gone.signal, sessions, settings)
  if (answer === undefined) {
    response.destroy()
    return
  }
  const { status, headers, body, afterwards } = answer
  response.writeHead(status, {
    ...(body !== '' && { 'Content-Type': 'application/json' }),
    'Content-Length': Buffer.byteLength(body),
    ...(answer !== unsupported && corsHeaders(request, settings.cors)),
    'Neon-Request-Id': randomUUID(),
    ...headers,
  })
  response.end(body)
  await afterwards?.()
}

/** The one place that every request passes. Undefined is no answer at all: the line goes dead. */
async function answerTo(
  request: IncomingMessage,
  signal: AbortSignal,
  sessions: Sessions,
  settings: EndpointSettings,
): Promise<Answer | undefined> {
  if (pathOf(request.url ?? '') !== '/sql') {
    return unsupported
  }
  if (request.method !== 'POST') {
    if (request.method === 'OPTIONS') {
      return settings.cors.length > 0 ? preflight : options
    }
    return unsupported
  }
  const answer = () => answerSql(request, signal, sessions, settings)
  try {
    const fault = settings.chooseFault(request)
    return fault === undefined ? await answer() : await spoil(fault, request, answer, signal)
  } catch (error) {
    const refusal = statementRefusal(error)
    return { status: refusal.status, headers: {}, body: problemBody(refusal) }
  }
}

/** Of a target in its origin or its absolute form (RFC 9112, section 3.2), as it stands there. */
function pathOf(target: string): string | undefined {
  return /^(?:[a-z][a-z0-9+.-]*:\/\/[^/?#]*)?([^?#]*)/i.exec(target)?.[1]
}
