import type { ApiKey } from '../config.ts'
import type { Caller } from './request.ts'

/** Whose key this is; nobody's when it is unknown or has expired. */
export function createKeyCheck(keys: readonly ApiKey[]) {
  const known = keys.map((key) => ({ key, digest: Uint8Array.fromHex(key.digest) }))
  let mayWarn = keys.length > 0

  return async (token: string): Promise<Caller | undefined> => {
    const digest = await sha256(token)
    const today = new Date().toISOString().slice(0, 10)
    const isGood = ({ expires }: ApiKey) => expires === undefined || today < expires
    let found: ApiKey | undefined

    // Not at the start: outside a request the Workers' clock stands at 0.
    if (mayWarn && !keys.some(isGood)) {
      mayWarn = false
      console.log(
        JSON.stringify({ warning: 'Every key in API_KEYS has expired: npm run keys:new.' }),
      )
    }
    // Every key is compared, to the last byte: the time it takes tells nothing.
    for (const each of known) {
      if (isSame(digest, each.digest)) {
        found = each.key
      }
    }
    return found && isGood(found) ? { name: `key:${found.name}`, scopes: found.scopes } : undefined
  }
}

/** In a time that depends on the length alone. */
const isSame = (one: Uint8Array, other: Uint8Array) =>
  one.reduce((difference, byte, index) => difference | (byte ^ (other[index] ?? 256)), 0) === 0

export const sha256 = async (text: string) =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
