import { ServiceError } from '../errors.ts'

/** Keyset cursors that a client can neither read nor make. */
export type Cursors = {
  /** Nothing gives nothing: the last page has no cursor. */
  seal(position: number | undefined): Promise<string | undefined>
  /** Throws `invalid-cursor`. Nothing gives nothing: the first page needs no cursor. */
  open(cursor: string | undefined): Promise<number | undefined>
}

const ivBytes = 12

/** Every Worker with the same secret opens what another sealed; a rotated secret ends all walks. */
export function createCursors(secret: string): Cursors {
  let key: CryptoKey | undefined
  // Not at once: a Worker may not wait for anything while it starts.
  const getKey = async () => {
    key ??= await deriveKey(secret)
    return key
  }

  return {
    async seal(position) {
      if (position === undefined) {
        return undefined
      }
      const iv = crypto.getRandomValues(new Uint8Array(ivBytes))
      const text = new TextEncoder().encode(String(position))
      const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await getKey(), text)
      return toBase64Url(new Uint8Array([...iv, ...new Uint8Array(sealed)]))
    },

    async open(cursor) {
      if (cursor === undefined) {
        return undefined
      }
      try {
        const bytes = fromBase64Url(cursor)
        const algorithm = { name: 'AES-GCM', iv: bytes.slice(0, ivBytes) }
        const text = await crypto.subtle.decrypt(algorithm, await getKey(), bytes.slice(ivBytes))
        return Number(new TextDecoder().decode(text))
      } catch {
        throw new ServiceError(
          'invalid-cursor',
          'This cursor is not one of this list. Take it from the `next` link of a page, unchanged.',
        )
      }
    },
  }
}

/** RFC 5869. The info keeps this key apart from any other that may be made of the same secret. */
async function deriveKey(secret: string): Promise<CryptoKey> {
  const encode = (text: string) => new TextEncoder().encode(text)
  const material = await crypto.subtle.importKey('raw', encode(secret), 'HKDF', false, [
    'deriveKey',
  ])

  return crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: encode('users cursors') },
    material,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  )
}

const toBase64Url = (bytes: Uint8Array) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')

const fromBase64Url = (text: string) =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) =>
    character.charCodeAt(0),
  )
