import { describe, expect } from 'vitest'
import { insertPeople } from '../../support/insert-people.ts'
import { ada, grace } from '../../support/people.ts'
import { test } from '../../support/shared-test.ts'

describe('PATCH /users/{id}', () => {
  test('changes what it names and raises the version', async ({ service }) => {
    const created = await service.request('POST', '/users', ada)

    const answer = await service.request('PATCH', '/users/1', { name: 'Ada King' })

    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      ...Object(created.body),
      name: 'Ada King',
      version: 2,
      updatedAt: expect.any(String),
    })
  })

  test('takes a merge patch', async ({ service }) => {
    await service.request('POST', '/users', ada)

    const answer = await service.request(
      'PATCH',
      '/users/1',
      { email: 'countess@example.com' },
      { 'Content-Type': 'application/merge-patch+json; charset=UTF-8' },
    )

    expect(answer).toMatchObject({ status: 200, body: { email: 'countess@example.com' } })
  })

  test('refuses null, which would remove a field', async ({ service }) => {
    await service.request('POST', '/users', ada)

    const answer = await service.request('PATCH', '/users/1', { name: null, email: null })

    expect(answer).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/name' }, { pointer: '/email' }] },
    })
  })
})

describe('a name that was stored before a rule for new ones', () => {
  test('stays when the email is changed, and is refused when it is sent again', async ({
    service,
    database,
  }) => {
    const old = { name: 'Ada \u202eecalevoL', email: 'ada@example.com' }
    await insertPeople(database, [old])

    const changed = await service.request('PATCH', '/users/1', { email: 'king@example.com' })
    const again = await service.request('PUT', '/users/1', old)
    const listed = await service.request('GET', '/users')

    expect(changed).toMatchObject({ status: 200, body: { name: old.name, version: 2 } })
    expect(again).toMatchObject({ status: 422, body: { errors: [{ pointer: '/name' }] } })
    expect(listed.text).toContain(old.name)
  })
})

describe('PUT /users/{id}', () => {
  test('replaces name and email', async ({ service }) => {
    await service.request('POST', '/users', ada)

    const answer = await service.request('PUT', '/users/1', grace)

    expect(answer).toMatchObject({ status: 200, body: { id: 1, ...grace, version: 2 } })
  })

  test('takes back what was read', async ({ service }) => {
    const created = await service.request('POST', '/users', ada)

    const answer = await service.request('PUT', '/users/1', created.body)

    expect(answer.status).toBe(200)
    expect(answer.body).toEqual(created.body)
  })

  test('asks for every field', async ({ service }) => {
    await service.request('POST', '/users', ada)

    const answer = await service.request('PUT', '/users/1', {})

    expect(answer).toMatchObject({
      status: 422,
      body: {
        errors: [
          { pointer: '/name', detail: 'is missing' },
          { pointer: '/email', detail: 'is missing' },
        ],
      },
    })
  })
})

describe.for(['PUT', 'PATCH'])('%s /users/{id}', (method) => {
  test('leaves the version alone when nothing changes', async ({ service }) => {
    const created = await service.request('POST', '/users', ada)

    const answer = await service.request(method, '/users/1', ada)

    expect(answer.status).toBe(200)
    expect(answer.body).toEqual(created.body)
  })

  test('lets a user change the case of its own email', async ({ service }) => {
    await service.request('POST', '/users', ada)

    const answer = await service.request(method, '/users/1', { ...ada, email: 'ADA@example.com' })

    expect(answer).toMatchObject({ status: 200, body: { email: 'ADA@example.com', version: 2 } })
  })

  test('refuses the email of another user, whatever its case', async ({ service }) => {
    await service.request('POST', '/users', ada)
    await service.request('POST', '/users', grace)

    const answer = await service.request(method, '/users/2', { ...grace, email: 'Ada@Example.com' })

    expect(answer).toMatchObject({ status: 409, body: { type: '/problems/email-taken' } })
  })

  test('answers 404 for a user that does not exist, even if the email is taken', async ({
    service,
  }) => {
    await service.request('POST', '/users', ada)

    const answer = await service.request(method, '/users/2', ada)

    expect(answer).toMatchObject({ status: 404, body: { type: '/problems/user-not-found' } })
  })

  test('loses none of 20 simultaneous changes', async ({ service }) => {
    await service.request('POST', '/users', ada)

    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        service.request(method, '/users/1', { ...ada, name: `Ada ${index}` }),
      ),
    )

    const answer = await service.request('GET', '/users/1')
    expect(answer.body).toMatchObject({ version: 21 })
  })
})
