// Takes over ten seconds: every route, with every kind of credential.

import { describe, expect } from 'vitest'
import { type Scope, scopes } from '../../src/resources.ts'
import {
  all,
  bearer,
  expectRefusal,
  guarded,
  matrixTest,
  missing,
  readsOfRow,
  unrouted,
  withAuthorization,
} from '../support/auth-matrix.ts'
import { acceptKeys, dayFromNow, testKey } from '../support/keys.ts'

const expired = testKey('expired', undefined, dayFromNow(-1))
const revoked = testKey('revoked')

const keyWithout = forEachScope((scope) =>
  testKey(
    `without-${scope.replace(':', '-')}`,
    scopes.filter((each) => each !== scope),
  ),
)
const keyWith = forEachScope((scope) => testKey(`with-${scope.replace(':', '-')}`, [scope]))

function forEachScope<Value>(make: (scope: Scope) => Value): ReadonlyMap<string, Value> {
  return new Map(scopes.map((scope) => [scope, make(scope)]))
}

const test = matrixTest(async () =>
  acceptKeys(all, expired, ...keyWithout.values(), ...keyWith.values()),
)

/** Everything that is answered with 401. */
const badCredentials: Record<string, () => string | undefined> = {
  'no credential': () => undefined,
  'an empty header': () => '',
  'another scheme': () => `Basic ${Buffer.from(`all:${all.key}`).toString('base64')}`,
  'a key without its scheme': () => all.key,
  'a scheme without a key': () => 'Bearer',
  'an unknown key': () => bearer(testKey('unknown').key),
  'a revoked key': () => bearer(revoked.key),
  'an expired key': () => bearer(expired.key),
  'the digest of a key': () => bearer(all.entry.digest),
  'the name of a key': () => bearer('all'),
  'a key that was cut off': () => bearer(all.key.slice(0, -1)),
  'a key with a letter more': () => bearer(`${all.key}0`),
  'a key in other case': () => bearer(all.key.toUpperCase()),
  'a key with bytes that no key has': () => bearer(`${all.key}\u00ff`),
  'a key in quotes': () => bearer(`"${all.key}"`),
  'a credential of 17 KiB': () => bearer(all.key.padEnd(17 * 1024, 'x')),
  'a key before 15 KiB of equals signs': () => bearer(all.key.padEnd(15 * 1024, '=')),
  'two keys': () => `${bearer(all.key)}, ${bearer(all.key)}`,
  'three words with dots between': () => bearer('a.b.c'),
}

describe('every method of every path that the contract guards', () => {
  test('is known to this test', () => {
    expect(guarded.length).toBeGreaterThanOrEqual(11)
    expect(unrouted.length).toBeGreaterThan(20)
  })

  test.for(Object.entries(badCredentials))(
    'answers 401 to %s, whether the row exists or not',
    { tags: ['slow'] },
    async ([, make], { service, existing }) => {
      const headers = withAuthorization(make())

      for (const each of [...guarded, ...unrouted]) {
        await expectRefusal({ service, existing }, each, headers, 401)
      }
    },
  )

  test('answers 401 without a credential, whether the row exists or not', async ({
    service,
    existing,
  }) => {
    for (const each of [...guarded, ...unrouted]) {
      await expectRefusal({ service, existing }, each, {}, 401)
    }
  })

  test.for(Object.entries(badCredentials))(
    'answers 401 to a read of a row with %s, whether it exists or not',
    async ([, make], { service, existing }) => {
      const headers = withAuthorization(make())

      for (const each of readsOfRow) {
        await expectRefusal({ service, existing }, each, headers, 401)
      }
    },
  )

  test('answers 403 to a key without its scope, whether the row exists or not', async ({
    service,
    existing,
  }) => {
    for (const each of guarded) {
      const { headers = {} } = keyWithout.get(each.scope) ?? {}
      const { text } = await expectRefusal({ service, existing }, each, headers, 403)
      expect(text).toContain(each.method === 'HEAD' ? '' : `needs the scope ${each.scope}.`)
    }
  })

  test('lets in a key with the scope that the contract names', async ({ service }) => {
    for (const { method, template, scope } of guarded) {
      const { headers } = keyWith.get(scope) ?? {}
      const { status } = await service.request(method, missing(template), undefined, headers)
      expect([401, 403], `${method} ${template}`).not.toContain(status)
    }
  })
})
