import { describe, expect } from 'vitest'
import { rawRequest } from '../../../packages/neon-local/test/support/raw-request.ts'
import { ada, grace } from '../../support/people.ts'
import { test } from '../../support/shared-test.ts'

describe('an entity tag', () => {
  test('is the version in quotes, wherever a user is answered', async ({ service }) => {
    const answers = [
      await service.request('POST', '/users', ada),
      await service.request('GET', '/users/1'),
      await service.request('HEAD', '/users/1'),
      await service.request('PATCH', '/users/1', { name: 'Ada King' }),
      await service.request('PUT', '/users/1', ada),
    ]

    expect(answers.map(({ headers }) => headers.get('ETag'))).toEqual([
      '"1"',
      '"1"',
      '"1"',
      '"2"',
      '"3"',
    ])
  })
})

describe('If-None-Match', () => {
  test.for(['"1"', 'W/"1"', '"9", "1"', '*', '"a,b" , W/"1"'])(
    '%s spares a read that brings nothing new',
    async (tags, { service }) => {
      await service.request('POST', '/users', ada)

      for (const method of ['GET', 'HEAD']) {
        const answer = await service.request(method, '/users/1', undefined, {
          'If-None-Match': tags,
        })
        expect(answer).toMatchObject({ status: 304, text: '' })
        expect(answer.headers.get('ETag')).toBe('"1"')
        expect(answer.headers.get('Content-Type')).toBe(null)
      }
    },
  )

  test.for([
    ...['"2"', 'W/"01"', '"abc"', '"1-gzip"', '""', '"99999999999999999999"'],
    // Bytes beyond ASCII: a letter in UTF-8, a sign of Japanese, and what is no UTF-8.
    ...['"\xc3\xa4"', '"\xe6\x97\xa5"', '"\xa0"'],
  ])('%s is another version', async (tags, { service }) => {
    await service.request('POST', '/users', ada)

    const answer = await service.request('GET', '/users/1', undefined, { 'If-None-Match': tags })

    expect(answer).toMatchObject({ status: 200, body: ada })
  })

  test('stops a write to a version that it names', async ({ service }) => {
    await service.request('POST', '/users', ada)

    for (const [method, body] of writes) {
      for (const tags of ['"1"', '*']) {
        const answer = await service.request(method, '/users/1', body, { 'If-None-Match': tags })
        expect(answer.status).toBe(412)
      }
    }
    expect(await service.request('GET', '/users/1')).toMatchObject({ body: { version: 1 } })
  })
})

const writes = [
  ['PUT', grace],
  ['PATCH', { name: 'Ada King' }],
  ['DELETE', undefined],
] as const

describe('If-Match', () => {
  test.for(writes)('lets %s happen at its version', async ([method, body], { service }) => {
    for (const tags of ['"1"', 'W/"1"', '*', '"7", "1"', '"7",,"1",', ', "1"']) {
      const { headers } = await service.request('POST', '/users', ada)
      const path = headers.get('Location') ?? ''

      const answer = await service.request(method, path, body, { 'If-Match': tags })

      expect(answer.status, tags).toBe(method === 'DELETE' ? 204 : 200)
      await service.request('DELETE', path)
    }
  })

  test.for(writes)('refuses %s at another', async ([method, body], { service }) => {
    await service.request('POST', '/users', ada)

    for (const tags of [
      '"2"',
      '"abc"',
      'W/"0"',
      '"2", "3"',
      '"99999999999999999999"',
      ',',
      ' , ,',
    ]) {
      const answer = await service.request(method, '/users/1', body, { 'If-Match': tags })
      expect(answer, tags).toMatchObject({
        status: 412,
        body: {
          type: '/problems/precondition-failed',
          detail: 'The user is at version 1 now: read it again, and decide anew.',
        },
      })
    }
    expect(await service.request('GET', '/users/1')).toMatchObject({ body: { ...ada, version: 1 } })
  })

  test('holds for a read as well', async ({ service }) => {
    await service.request('POST', '/users', ada)

    const stale = await service.request('GET', '/users/1', undefined, { 'If-Match': '"2"' })
    const current = await service.request('GET', '/users/1', undefined, { 'If-Match': '"1"' })

    expect([stale.status, current.status]).toEqual([412, 200])
  })

  test('answers 404 for a user that is missing, and 412 before 409', async ({ service }) => {
    await service.request('POST', '/users', ada)
    await service.request('POST', '/users', grace)
    const stale = { 'If-Match': '"9"' }

    const missing = await service.request('PUT', '/users/9', ada, stale)
    const taken = await service.request('PATCH', '/users/1', { email: grace.email }, stale)
    const gone = await service.request('DELETE', '/users/9', undefined, { 'If-Match': '*' })

    expect([missing.status, taken.status, gone.status]).toEqual([404, 412, 404])
  })

  test('is none when it is empty, because the runtime drops it', async ({ service }) => {
    await service.request('POST', '/users', ada)

    const answer = await rawRequest(service.url, '/users/1', { 'If-Match': '' })
    const spaces = await rawRequest(service.url, '/users/1', { 'If-Match': '  ' })

    expect([answer.status, spaces.status]).toEqual([200, 200])
  })

  test('is refused when it is malformed', async ({ service }) => {
    await service.request('POST', '/users', ada)

    for (const tags of ['1', '"1', 'w/"1"', '"1" "2"', '*, "1"']) {
      const answer = await service.request('PATCH', '/users/1', {}, { 'If-Match': tags })
      expect(answer, tags).toMatchObject({
        status: 422,
        body: { errors: [{ header: 'If-Match' }] },
      })
    }
  })
})

describe('races of one user', () => {
  test('50 updates with one If-Match: one wins', async ({ service }) => {
    await service.request('POST', '/users', ada)

    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        service.request('PATCH', '/users/1', { name: `Ada ${index}` }, { 'If-Match': '"1"' }),
      ),
    )

    const statuses = answers.map(({ status }) => status).sort()
    expect(statuses).toEqual([200, ...Array(49).fill(412)])
    expect(await service.request('GET', '/users/1')).toMatchObject({ body: { version: 2 } })
  })

  test('50 patches without it: all win, and each that changes something counts', async ({
    service,
  }) => {
    await service.request('POST', '/users', ada)

    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        service.request('PATCH', '/users/1', { name: `Ada ${index}` }),
      ),
    )

    const versions = answers.map(({ body }) => (body as { version: number }).version)
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200))
    expect(new Set(versions).size).toBe(50)
    expect(await service.request('GET', '/users/1')).toMatchObject({ body: { version: 51 } })
  })

  test('a delete among 50 patches: 200 before it, 404 after it, and nothing else', {
    tags: ['slow'],
  }, async ({ service }) => {
    for (let round = 1; round <= 5; round += 1) {
      await service.request('POST', '/users', ada)
      const patches = Array.from({ length: 50 }, async (_, index) => {
        const ifMatch = index % 2 === 0 ? { 'If-Match': '*' } : {}
        return service.request('PATCH', `/users/${round}`, { name: `Ada ${index}` }, ifMatch)
      })
      const removal = await service.request('DELETE', `/users/${round}`)
      const statuses = new Set((await Promise.all(patches)).map(({ status }) => status))

      expect(removal.status).toBe(204)
      expect(statuses.difference(new Set([200, 404]))).toEqual(new Set())
      expect((await service.request('GET', `/users/${round}`)).status).toBe(404)
    }
  })
})
