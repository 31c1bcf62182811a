import type { IncomingMessage } from 'node:http'
import { isIPv4 } from 'node:net'
import { NeonLocalError } from '../errors.ts'

/** Which pages in a browser may ask: those of these origins, or with `*` all of them. */
export type AllowedOrigins = readonly string[]

/** Throws NeonLocalError for what no browser would send as an origin. */
export function readOrigins(cors: AllowedOrigins = []): AllowedOrigins {
  for (const origin of cors) {
    if (origin !== '*' && !isOrigin(origin)) {
      throw new NeonLocalError(
        `${origin} is not the origin of a web page: write --cors as http://localhost:3000, in lower ` +
          "case and without a path, or as '*' for every page.",
      )
    }
  }
  return cors
}

function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text
}

/**
 * Why a request is refused before anything else of it is looked at. A browser lets any page send
 * requests to this machine, and only hides the answer: by then the statement has run. It always says
 * which page asks (Fetch standard, `Origin`), and calls a name that was bound to this machine by that
 * name. An origin that is hidden, `null`, can be anybody's.
 */
export function pageRefusal(request: IncomingMessage, allowed: AllowedOrigins): string | undefined {
  const { host = [], origin = [] } = request.headersDistinct
  // A target in absolute form wins over the header (RFC 9112, section 3.2.2).
  const target = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(request.url ?? '')?.[1]
  const hosts = target === undefined ? host : [...host, target]

  // A browser never leaves out the header, and some other clients do.
  if (host.length > 1 || !hosts.every(isLoopback)) {
    return 'This endpoint answers requests to this machine alone: call it by localhost or 127.0.0.1.'
  }
  return origin.every((each) => allowed.includes('*') || allowed.includes(each))
    ? undefined
    : 'A web page may not ask this endpoint, unless it was started with --cors and its origin.'
}

/** `localhost`, a name below it (RFC 6761), 127.0.0.0/8 or ::1, with a port or without. */
function isLoopback(host: string): boolean {
  const name = /^(\[::1\]|[^\s:[\]@/?#\\%]+)(?::\d{1,5})?$/.exec(host)?.[1]?.toLowerCase() ?? ''
  return (
    name === '[::1]' ||
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    (isIPv4(name) && name.startsWith('127.'))
  )
}

/** What an answer says of who may read it. */
export function corsHeaders(
  request: IncomingMessage,
  allowed: AllowedOrigins,
): Record<string, string> {
  if (allowed.includes('*')) {
    return { 'Access-Control-Allow-Origin': '*' }
  }
  const { origin } = request.headers
  return {
    ...(allowed.length > 0 && { Vary: 'Origin' }),
    ...(origin !== undefined && { 'Access-Control-Allow-Origin': origin }),
  }
}
