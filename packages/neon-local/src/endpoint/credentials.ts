import { parseConnectionString } from './connection-string.ts'
import type { FirstHeader } from './first-header.ts'
import { percentDecode, utf8Problem } from './percent-encoding.ts'
import { Refusal } from './problem-bodies.ts'

export type Credentials = { user: string; password: string; database: string }

/**
 * Reads who logs in to what from the request. The name of the host is not looked at: there is one
 * server here, and hosted Neon only finds the project by it. Query parameters are ignored, as hosted
 * Neon does.
 */
export function readCredentials(header: FirstHeader): Credentials {
  const text = header('neon-connection-string')
  if (text === undefined || /[^\t\x20-\x7e]/.test(text)) {
    throw new Refusal(400, 'invalid header: neon-connection-string')
  }
  const parts = parseConnectionString(text)
  if (parts.scheme !== 'postgres' && parts.scheme !== 'postgresql') {
    throw new Refusal(400, 'incorrect scheme')
  }
  if (parts.database === undefined) {
    throw new Refusal(400, 'missing database name')
  }
  const database = decode(parts.database)
  const user = decode(parts.user)
  if (user === '') {
    throw new Refusal(400, 'missing username')
  }
  if (parts.password === '' || header('authorization') !== undefined) {
    throw new Refusal(400, 'missing authentication credentials: required password')
  }
  if (parts.host === undefined) {
    throw new Refusal(400, 'missing hostname')
  }
  // To HMAC, with which Neon proves a password, NULs at the end of a key are nothing.
  const password = percentDecode(parts.password).toString().replace(/\0+$/, '')
  if (password === '' || `${user}${password}`.includes('\0')) {
    throw wrongPassword(user)
  }
  // PostgreSQL takes an empty database name as the user's name.
  return { user, password, database: database || user }
}

export function wrongPassword(user: string): Refusal {
  return new Refusal(400, `password authentication failed for user '${user}'`)
}

/** The message names the user even where the database is at fault, as Neon's does. */
function decode(part: string): string {
  const bytes = percentDecode(part)
  const problem = utf8Problem(bytes)
  if (problem !== undefined) {
    throw new Refusal(400, `invalid username: ${problem}`)
  }
  return bytes.toString()
}
