import { isIPv6 } from 'node:net'
import { Refusal } from './problem-bodies.ts'

/** The parts as they stand there, with their percent escapes. */
export type ConnectionString = {
  scheme: string
  user: string
  password: string
  /** Undefined when there is none, or when it is an IPv6 address: Neon takes names alone. */
  host: string | undefined
  /** The first segment of the path, and undefined without a path. */
  database: string | undefined
}

/**
 * Reads a connection string as Neon's proxy does, whose URL parser says more of what is wrong than
 * Node's, and takes an empty host. No message repeats a part: it could be the password.
 */
export function parseConnectionString(text: string): ConnectionString {
  const [, scheme, rest = ''] =
    /^\s*([a-z][a-z0-9+.-]*):(.*)$/i.exec(text.replaceAll('\t', '').trimEnd()) ?? []
  if (scheme === undefined) {
    throw invalid('relative URL without a base')
  }
  const [, authority, path = ''] = /^(?:\/\/([^/?#]*))?([^?#]*)/.exec(rest) ?? []
  const parts = authority === undefined ? noAuthority : parseAuthority(authority, path)

  return { ...parts, scheme: scheme.toLowerCase(), database: firstSegment(path) }
}

const noAuthority = { user: '', password: '', host: undefined }

function parseAuthority(authority: string, path: string) {
  const at = authority.lastIndexOf('@')
  const [, user = '', password = ''] =
    /^([^:]*):?(.*)$/.exec(authority.slice(0, Math.max(at, 0))) ?? []
  const [, host = '', port] =
    /^((?:\[[^\]]*\]?|[^:[])*)(?::(.*))?$/.exec(authority.slice(at + 1)) ?? []

  if (host === '' && (port !== undefined || (at === 0 && path !== ''))) {
    throw invalid('empty host')
  }
  const isAddress = host.startsWith('[')
  if (isAddress && !isIPv6(/^\[([^%]*)\]$/.exec(host)?.[1] ?? '')) {
    throw invalid('invalid IPv6 address')
  }
  if (!isAddress && /[\0\t\n\r #/:<>?@[\\\]^|]/.test(host)) {
    throw invalid('invalid domain character')
  }
  if (port !== undefined && !(/^\d*$/.test(port) && Number(port) <= 65_535)) {
    throw invalid('invalid port number')
  }
  return { user, password, host: isAddress || host === '' ? undefined : host }
}

/** What stands in front of it, `./` or `../`, is gone as in every URL. */
function firstSegment(path: string): string | undefined {
  return path.startsWith('/')
    ? new URL(`postgresql://host${path}`).pathname.split('/')[1]
    : undefined
}

function invalid(reason: string): Refusal {
  return new Refusal(400, `invalid connection string: ${reason}`)
}
