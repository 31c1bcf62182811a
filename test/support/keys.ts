import { createKey, digestOf } from '../../scripts/keys/key.ts'
import type { ApiKey } from '../../src/config.ts'
import { type Scope, scopes } from '../../src/resources.ts'

export type TestKey = { key: string; entry: ApiKey; headers: { Authorization: string } }

export function testKey(
  name: string,
  granted: readonly Scope[] = scopes,
  expires?: string,
): TestKey {
  const key = createKey()
  return {
    key,
    entry: { name, digest: digestOf(key), scopes: [...granted], ...(expires && { expires }) },
    headers: { Authorization: `Bearer ${key}` },
  }
}

/** What makes the Worker accept these keys and no other. */
export const acceptKeys = (...keys: readonly TestKey[]) => ({
  AUTH: 'keys',
  API_KEYS: JSON.stringify(keys.map(({ entry }) => entry)),
})

/** `days` from now, in UTC. */
export const dayFromNow = (days: number) =>
  new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
