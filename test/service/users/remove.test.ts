import { describe, expect } from 'vitest'
import { ada } from '../../support/people.ts'
import { test } from '../../support/shared-test.ts'

describe('DELETE /users/{id}', () => {
  test('removes the user and frees its email', async ({ service }) => {
    await service.request('POST', '/users', ada)

    const removed = await service.request('DELETE', '/users/1')

    expect(removed).toMatchObject({ status: 204, text: '' })
    expect(await service.request('GET', '/users/1')).toMatchObject({ status: 404 })
    expect(await service.request('POST', '/users', ada)).toMatchObject({ status: 201 })
  })

  test('answers one of ten simultaneous requests with 204, the others with 404', async ({
    service,
  }) => {
    await service.request('POST', '/users', ada)

    const answers = await Promise.all(
      Array.from({ length: 10 }, () => service.request('DELETE', '/users/1')),
    )

    expect(answers.map(({ status }) => status).sort()).toEqual([204, ...Array(9).fill(404)])
  })
})
