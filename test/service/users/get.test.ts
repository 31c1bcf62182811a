import { describe, expect } from 'vitest'
import { ada } from '../../support/people.ts'
import { test } from '../../support/shared-test.ts'

describe('GET /users/{id}', () => {
  test('answers with the user as it was created', async ({ service }) => {
    const created = await service.request('POST', '/users', ada)

    const answer = await service.request('GET', '/users/1')

    expect(answer.status).toBe(200)
    expect(answer.body).toEqual(created.body)
  })

  test('says which user does not exist', async ({ service }) => {
    const answer = await service.request('GET', '/users/9007199254740991')

    expect(answer).toMatchObject({
      status: 404,
      body: {
        type: '/problems/user-not-found',
        detail: 'There is no user with the id 9007199254740991.',
      },
    })
  })

  test.for([
    '0',
    '-1',
    '+1',
    '01',
    '1.0',
    '1e1',
    '0x10',
    '%201',
    'abc',
    '9007199254740992',
    '99999999999999999999',
    '%00',
    '%F0%9F',
  ])('refuses the id %s', async (id, { service }) => {
    const answer = await service.request('GET', `/users/${id}`)

    expect(answer).toMatchObject({ status: 422, body: { errors: [{ parameter: 'id' }] } })
  })

  test.for(['/users', '/users/1', '/users/1/'])(
    'answers HEAD %s with the headers of GET',
    async (path, { service }) => {
      await service.request('POST', '/users', ada)

      const [get, head] = [await service.request('GET', path), await service.request('HEAD', path)]

      // fetch asks for compression, and the server chunks a body: neither is of the service's making.
      const headersOf = ({ headers }: typeof get) =>
        ['content-type', 'cache-control', 'link'].map((name) => headers.get(name))
      expect(head.status).toBe(200)
      expect(headersOf(head)).toEqual(headersOf(get))
    },
  )

  test('keeps a new column inside', async ({ service, database }) => {
    await service.request('POST', '/users', ada)
    await database.query(`alter table users add column secret text default 'canary'`)

    const answers = [
      await service.request('GET', '/users/1'),
      await service.request('GET', '/users'),
      await service.request('PATCH', '/users/1', { name: 'Ada King' }),
    ]
    await database.query('alter table users drop column secret')

    expect(answers.map(({ text }) => text).join()).not.toMatch(/secret|canary/)
  })
})
