import type { ApiKey } from '../config.ts'
import type { Caller } from './request.ts'

type KnownKey = {
  key: ApiKey
  caller: Caller
  /** Kept once it was used: comparing it costs far less than digesting it again. */
  token?: string
}

/** Finds whose key a token is. Nobody's, when it is unknown or has expired. */
export function createKeyCheck(keys: readonly ApiKey[]) {
  const known = keys.map(
    (key): KnownKey => ({ key, caller: { name: `key:${key.name}`, scopes: key.scopes } }),
  )
  let mayWarn = keys.length > 0

  return async (token: string): Promise<Caller | undefined> => {
    const found = findSame(known, token, (each) => each.token) ?? (await findByDigest(known, token))
    if (found && isGood(found.key)) {
      return found.caller
    }
    // Not at the start, because outside a request the clock of Workers stands at 0.
    if (mayWarn && !keys.some(isGood)) {
      mayWarn = false
      console.log(
        JSON.stringify({ warning: 'Every key in API_KEYS has expired: npm run keys:new.' }),
      )
    }
    return undefined
  }
}

const isGood = ({ expires }: ApiKey) =>
  expires === undefined || new Date().toISOString().slice(0, 10) < expires

/** Remembers the tokens of known keys alone, so that guesses fill no memory. */
async function findByDigest(known: readonly KnownKey[], token: string) {
  const found = findSame(known, (await sha256(token)).toHex(), ({ key }) => key.digest)
  if (found) {
    found.token = token
  }
  return found
}

/**
 * Compares every key, to its last character, so that the time reveals only what the answer does:
 * whether the token is valid. A map of tokens would reveal more.
 */
function findSame(
  keys: readonly KnownKey[],
  text: string,
  textOf: (each: KnownKey) => string | undefined,
): KnownKey | undefined {
  let found: KnownKey | undefined
  for (const each of keys) {
    const known = textOf(each)
    if (known !== undefined && isSame(text, known)) {
      found = each
    }
  }
  return found
}

/** Takes a time that depends on the lengths alone. */
function isSame(one: string, other: string): boolean {
  let difference = one.length ^ other.length
  for (let index = 0; index < one.length; index += 1) {
    difference |= one.charCodeAt(index) ^ other.charCodeAt(index)
  }
  return difference === 0
}

export const sha256 = async (text: string) =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
