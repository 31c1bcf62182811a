import { describe, expect } from 'vitest'
import { ada, grace } from '../../support/people.ts'
import { test } from '../../support/shared-test.ts'

describe('POST /users', () => {
  test('answers with the new user and where it is', async ({ service }) => {
    const answer = await service.request('POST', '/users', ada)

    expect(answer.status).toBe(201)
    expect(answer.headers.get('Location')).toBe('/users/1')
    expect(answer.body).toEqual({
      id: 1,
      ...ada,
      version: 1,
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      updatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    })
  })

  test('refuses an email that is taken, whatever its case', async ({ service, database }) => {
    await service.request('POST', '/users', ada)

    const answer = await service.request('POST', '/users', { ...grace, email: 'ADA@Example.com' })

    expect(answer).toMatchObject({ status: 409, body: { type: '/problems/email-taken' } })
    expect(await database.query('select name from users')).toEqual([{ name: ada.name }])
  })

  test('gives one of 100 simultaneous requests the email', async ({ service, database }) => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => service.request('POST', '/users', ada)),
    )

    const statuses = answers.map(({ status }) => status).sort()
    expect(statuses).toEqual([201, ...Array(99).fill(409)])
    expect(await database.query('select email from users')).toEqual([{ email: ada.email }])
  })

  test('does not take another fault of the table for a taken email', async ({
    service,
    database,
  }) => {
    await service.request('POST', '/users', ada)
    await database.query('alter table users alter column id restart with 1')

    const answer = await service.request('POST', '/users', grace)

    expect(answer).toMatchObject({ status: 500, body: { type: '/problems/internal-error' } })
    expect(service.logs().at(-1)).toContain('users_pkey')
  })

  test('keeps the email as it was typed and the name in NFC', async ({ service }) => {
    const answer = await service.request('POST', '/users', {
      name: 'Zoe\u0308 \u{1f469}\u200d\u{1f680}',
      email: 'Zoe@Example.COM',
    })

    expect(answer.body).toMatchObject({
      name: 'Zo\u00eb \u{1f469}\u200d\u{1f680}',
      email: 'Zoe@Example.COM',
    })
  })

  test('ignores what the service sets itself', async ({ service }) => {
    const own = { id: 77, version: 9, createdAt: 'long ago', updatedAt: null }

    const answer = await service.request('POST', '/users', { ...ada, ...own })

    expect(answer).toMatchObject({ status: 201, body: { id: 1, version: 1 } })
  })
})
