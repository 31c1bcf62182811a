import { ServiceError } from '../errors.ts'

/** The row after which a page begins: its values of what the list is sorted by. */
export type Position = readonly (string | null)[]

/**
 * Keyset cursors that a client can neither read nor make, each valid for one list. That of a feed is in the
 * clear: `rows/feed-cursor.ts`.
 */
export type Cursors = {
  /** `list` comes from `listNameOf`. */
  seal(list: string, position: Position): Promise<string>
  /** Throws `invalid-cursor`. */
  open(list: string, cursor: string): Promise<Position>
}

/** Names the list at a path, with its sort and filters. */
export const listNameOf = (path: string, query: object): string =>
  JSON.stringify([path.replace(/\/$/, ''), Object.entries(query).sort()])

const ivBytes = 12

/** Twice the length that the longest names and filters lead to. */
const maxLength = 4 * 1024

const encoder = new TextEncoder()

/**
 * Workers with the same secret, which is DATABASE_URL, open each other's cursors. A cursor has no age; a
 * new secret makes older ones invalid.
 */
export function createCursors(secret: string): Cursors {
  let key: CryptoKey | undefined
  // Later, because a Worker may not wait for anything while it starts.
  const getKey = async () => {
    key ??= await deriveKey(secret)
    return key
  }

  return {
    seal: async (list, position) => seal(JSON.stringify([list, position]), await getKey()),

    async open(list, cursor) {
      const [sealedList, position] = await unseal(cursor, await getKey())
      if (sealedList !== list) {
        throw new ServiceError(
          'invalid-cursor',
          'This cursor is of a list with another sort or filter. Only `limit` and `count` may ' +
            'change from page to page; for another list begin without a cursor.',
        )
      }
      return position
    },
  }
}

async function seal(text: string, key: CryptoKey): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(ivBytes))
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, encoder.encode(text))
  const bytes = new Uint8Array(ivBytes + sealed.byteLength)
  bytes.set(iv)
  bytes.set(new Uint8Array(sealed), ivBytes)
  return bytes.toBase64({ alphabet: 'base64url', omitPadding: true })
}

async function unseal(cursor: string, key: CryptoKey): Promise<[string, Position]> {
  try {
    if (cursor.length > maxLength) {
      throw new TypeError('No cursor is that long.')
    }
    const bytes = Uint8Array.fromBase64(cursor, { alphabet: 'base64url' })
    const algorithm = { name: 'AES-GCM', iv: bytes.subarray(0, ivBytes) }
    const text = await crypto.subtle.decrypt(algorithm, key, bytes.subarray(ivBytes))
    // AES-GCM authenticates: only a Worker with this key can have sealed this text.
    return JSON.parse(new TextDecoder().decode(text))
  } catch {
    throw new ServiceError(
      'invalid-cursor',
      'This cursor is not one of this list. Take it from the `next` link of a page, unchanged.',
    )
  }
}

/**
 * RFC 5869. The info separates this key from any other that may be derived from the same secret.
 * Its number is raised when the shape of positions changes.
 */
async function deriveKey(secret: string): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey('raw', encoder.encode(secret), 'HKDF', false, [
    'deriveKey',
  ])

  return crypto.subtle.deriveKey(
    {
      name: 'HKDF',
      hash: 'SHA-256',
      salt: new Uint8Array(),
      info: encoder.encode('cursors 3'),
    },
    material,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  )
}
