import { describe, expect } from 'vitest'
import { createClient } from '../../src/client.ts'
import { scopes } from '../../src/resources.ts'
import { acceptKeys, dayFromNow, testKey } from '../support/keys.ts'
import { testWith } from '../support/own-worker.ts'
import { test as open } from '../support/shared-test.ts'

const support = testKey('support', ['users:write', 'users:read'])
const none = testKey('expired', ['users:read'], dayFromNow(-1))

const test = testWith(acceptKeys(support, none))

describe('GET /whoami', () => {
  test('says who calls, and which scopes the key has, in one order', async ({ service }) => {
    const { whoami } = createClient(service.url.href, { headers: support.headers })

    expect(await whoami()).toEqual({
      caller: 'key:support',
      scopes: ['users:read', 'users:write'],
    })
  })

  test.for([
    ['nobody', {}],
    ['an expired key', none.headers],
    ['an unknown key', testKey('unknown').headers],
  ] as const)('answers 401 to %s', async ([, headers], { service }) => {
    const answer = await service.request('GET', '/whoami', undefined, headers)

    expect(answer).toMatchObject({ status: 401, body: { type: '/problems/unauthenticated' } })
  })

  test('is for reading only, and tells its methods to everybody', async ({ service }) => {
    expect(await service.request('POST', '/whoami', {}, support.headers)).toMatchObject({
      status: 405,
    })
    expect(await service.request('OPTIONS', '/whoami')).toMatchObject({ status: 204 })
  })

  test('stands in the log with the caller', async ({ service }) => {
    await service.request('GET', '/whoami', undefined, support.headers)

    await expect
      .poll(() => service.logs().join('\n'))
      .toMatch(/"route":"\/whoami".*"caller":"key:support"/)
  })

  open(
    'of a service that asks for no key is anyone, who may do everything',
    async ({ service }) => {
      const { whoami } = createClient(service.url.href)

      expect(await whoami()).toEqual({ caller: 'anyone', scopes: [...scopes] })
    },
  )
})
