import { describe, expect } from 'vitest'
import { expectHardened } from '../../support/hardened.ts'
import { acceptKeys, testKey } from '../../support/keys.ts'
import { testWith } from '../../support/own-worker.ts'
import { ada } from '../../support/people.ts'

const key = testKey('bulk')
const writer = testKey('writer', ['users:read', 'users:write'])

const test = testWith(acceptKeys(key, writer))

const ndjson = { 'Content-Type': 'application/x-ndjson' }

describe('an import or an export', () => {
  test('takes a scope of its own', async ({ service }) => {
    const exported = await service.request('GET', '/users/export', undefined, writer.headers)
    const imported = await service.request('POST', '/users/import', '', {
      ...ndjson,
      ...writer.headers,
    })

    for (const answer of [exported, imported]) {
      expect(answer).toMatchObject({
        status: 403,
        body: { detail: 'This request needs the scope users:export.' },
      })
    }
  })

  test('asks for a credential before it looks at the body, however much there is', async ({
    service,
  }) => {
    for (const body of ['x'.repeat(20_000), 'x'.repeat(12 * 1024 * 1024)]) {
      expect(await service.request('POST', '/users/import', body, ndjson)).toMatchObject({
        status: 401,
        body: { type: '/problems/unauthenticated' },
      })
    }
  })

  test.for(['/users/import', '/users/export'])(
    'tells the methods of %s',
    async (path, { service }) => {
      expect(await service.request('OPTIONS', path)).toMatchObject({ status: 204, text: '' })
    },
  )

  test('is for no cache, no frame and no guess', async ({ service }) => {
    await service.request('POST', '/users', ada, key.headers)

    const exported = await service.request('GET', '/users/export', undefined, key.headers)
    const refused = await service.request('GET', '/users/export', undefined, {
      ...key.headers,
      Accept: 'image/png',
    })

    expect([exported.status, refused.status]).toEqual([200, 406])
    expectHardened(exported, 'GET /users/export')
    expectHardened(refused, 'GET /users/export')
  })

  test('is told that a body is taken without a coding', async ({ service }) => {
    const { status, headers } = await service.request('POST', '/users/import', '', {
      ...key.headers,
      'Content-Encoding': 'gzip',
    })

    expect([status, headers.get('Accept-Encoding')]).toEqual([415, 'identity'])
  })
})
