// Takes over ten seconds: every request meets every fault of the database, and is sent again.

import type { Fault } from 'neon-local'
import { describe, expect, test } from 'vitest'
import {
  canary,
  expectSilentLog,
  key,
  poor,
  prepare,
  prepareSamples,
  type Sent,
  send,
  sendRefusals,
  trySend,
  user,
} from '../support/canary.ts'
import type { TestDatabase } from '../support/database.ts'

/** Failures that the client alone brings about, by the status it gets, beside those of the contract. */
const refusals: readonly Sent[] = [
  [404, 'GET', '/canary?canary=canary'],
  [404, 'GET', '/docs/canary.js'],
  [404, 'GET', '/problems/canary'],
  [405, 'PATCH', '/users?q=canary', user],
  [400, 'POST', '/users', '{"name":"canary'],
  [415, 'POST', '/users', user, { 'Content-Type': 'text/canary' }],
  [413, 'POST', '/users', { ...user, name: canary.repeat(4_000) }],
  [422, 'POST', '/users', { name: ' canary', email: 'canary' }],
  [422, 'POST', '/users', { ...user, phone: 'canary', 'canary@example.com': 'canary' }],
  [422, 'POST', '/users', { name: { first: canary }, email: [canary] }],
  [422, 'POST', '/users', [canary]],
  [422, 'POST', '/users', user, { 'Idempotency-Key': 'canary canary' }],
  [422, 'GET', '/users/canary'],
  [422, 'GET', '/users?limit=canary&sort=canary&count=canary&email=canary&q=c'],
  [422, 'GET', '/users?q=canary&q=canary'],
  [400, 'GET', '/users?cursor=canary'],
  [422, 'PUT', '/users/canary', { name: '', email: 'canary@' }],
  [422, 'PATCH', '/users/1', user, { 'If-Match': 'canary' }],
  [412, 'PATCH', '/users/1', user, { 'If-Match': '"4711"' }],
  [404, 'PATCH', '/users/4711', user],
  [409, 'POST', '/users', user],
  [422, 'POST', '/users', { ...user, name: 'Canary' }, { 'Idempotency-Key': 'canary' }],
]

const jwt = (claims: object) =>
  ['{"alg":"none","kid":"canary"}', JSON.stringify(claims), 'canary']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.')

const badCredentials = [
  'canary',
  'Basic Y2FuYXJ5OmNhbmFyeQ==',
  'Bearer canary',
  'Bearer canary.canary.canary',
  `Bearer ${jwt({ sub: canary, iss: canary, scope: canary })}`,
  `Bearer ${canary.repeat(2_000)}`,
  `Bearer ${key.key}, Bearer ${key.key}`,
]

const faults: readonly Fault[] = ['html', 'reset-after', 'control-plane']
const otherFaults: readonly Fault[] = ['truncated-json', 'reset-before', 'quota', 'unavailable']

async function renameTables(database: TestDatabase): Promise<void> {
  const tables = await database.query<{ name: string }>(
    `select relname as name from pg_class
     where relnamespace = 'public'::regnamespace and relkind = 'r'`,
  )
  for (const { name } of tables) {
    await database.query(`alter table "${name}" rename to "${canary}_${name}"`)
  }
}

describe('what was put in', () => {
  test('comes out of no refusal, and stands in no log', async () => {
    const { url, endpointUrl, start } = await prepare()
    const service = await start({ DATABASE_URL: url, NEON_ENDPOINT: endpointUrl })
    await send(service, [201, 'POST', '/users', user, { 'Idempotency-Key': 'canary' }])

    for (const each of refusals) {
      await send(service, each)
    }
    for (const Authorization of badCredentials) {
      await send(service, [401, 'GET', '/users/1?q=canary', undefined, { Authorization }])
    }
    await send(service, [403, 'DELETE', '/users/1', undefined, poor.headers])
    await send(service, [200, 'GET', '/users?q=canary&sort=name&limit=1'])
    await send(service, [204, 'DELETE', '/users/1'])
    for (const each of await prepareSamples(service)) {
      await sendRefusals(service, each)
    }

    await expectSilentLog(service, 'nowhere')
  })

  async function tryFaults(each: readonly Fault[]) {
    const { database, url, endpointUrl, spoil, start } = await prepare()
    const service = await start({ DATABASE_URL: url, NEON_ENDPOINT: endpointUrl })
    const samples = await prepareSamples(service)

    for (const fault of each) {
      spoil(fault)
      await trySend(service, samples)
    }
    spoil(undefined)
    await renameTables(database)
    await trySend(service, samples)

    expect(service.logs().join('\n')).toContain('"sqlState":"42P01"')
    await expectSilentLog(service, 'nowhere')
  }

  test('comes out of no fault of the database', () => tryFaults(faults))

  test('comes out of no other fault either', { tags: ['slow'] }, () => tryFaults(otherFaults))

  test('comes out of no connection that is refused', { tags: ['slow'] }, async () => {
    const { url, endpointUrl, start } = await prepare()
    const good = await start({ DATABASE_URL: url, NEON_ENDPOINT: endpointUrl })
    const samples = await prepareSamples(good)
    const wrong = Object.assign(new URL(url), { password: 'canary-wrong' }).href
    const gone = Object.assign(new URL(url), { pathname: '/canary_database' }).href

    for (const variables of [
      { DATABASE_URL: wrong, NEON_ENDPOINT: endpointUrl },
      { DATABASE_URL: gone, NEON_ENDPOINT: endpointUrl },
      { DATABASE_URL: url, NEON_ENDPOINT: 'http://localhost:9/canary' },
    ]) {
      const service = await start(variables)
      await trySend(service, samples)
      await send(service, [503, 'GET', '/readyz']).catch(() => {})
      await expectSilentLog(service, 'nowhere')
    }
  })
})
