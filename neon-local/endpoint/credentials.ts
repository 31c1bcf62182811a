import type { IncomingHttpHeaders } from 'node:http'
import { unescape as percentDecode } from 'node:querystring'
import { Refusal } from './problem-bodies.ts'

export type Credentials = { user: string; password: string; database: string }

/**
 * Reads who logs in to what from the request. The host is not looked at: there is one server here,
 * and hosted Neon only finds the project by it. Query parameters are ignored, as hosted Neon does.
 */
export function readCredentials(headers: IncomingHttpHeaders): Credentials {
  const header = headers['neon-connection-string']
  if (typeof header !== 'string' || /[^\t\x20-\x7e]/.test(header)) {
    throw new Refusal(400, 'invalid header: neon-connection-string')
  }
  const url = parseUrl(header)
  if (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:') {
    throw new Refusal(400, 'incorrect scheme')
  }
  if (!url.pathname.startsWith('/')) {
    throw new Refusal(400, 'missing database name')
  }
  // Leaves a stray % alone, as Neon does, where decodeURIComponent throws.
  const database = percentDecode(url.pathname.slice(1).split('/', 1)[0] ?? '')
  const user = percentDecode(url.username)
  const password = percentDecode(url.password)
  if (user === '') {
    throw new Refusal(400, 'missing username')
  }
  if (password === '' || headers.authorization !== undefined) {
    throw new Refusal(400, 'missing authentication credentials: required password')
  }
  if (url.hostname === '') {
    throw new Refusal(400, 'missing hostname')
  }
  // A NUL ends a string of the start-up packet: what follows it would be read as a setting.
  if (`${user}${password}${database}`.includes('\0')) {
    throw new Refusal(400, 'invalid connection string: it contains a NUL character')
  }
  // PostgreSQL takes an empty database name as the user's name; `pg` would ask the environment.
  return { user, password, database: database || user }
}

function parseUrl(text: string): URL {
  try {
    return new URL(text)
  } catch {
    // Not the exception's own message: it repeats the whole string, with the password.
    const hasScheme = /^\s*[a-z][a-z0-9+.-]*:/i.test(text)
    const reason = hasScheme ? 'invalid authority' : 'relative URL without a base'
    throw new Refusal(400, `invalid connection string: ${reason}`)
  }
}
