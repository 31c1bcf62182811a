import { describe, expect } from 'vitest'
import { ada } from '../../support/people.ts'
import { test } from '../../support/shared-test.ts'
import { readContents } from '../../support/table-contents.ts'

describe('a user who was erased', () => {
  test('leaves nothing of the person in any table', async ({ service, database }) => {
    await service.request('POST', '/users', ada, { 'Idempotency-Key': 'of-a-lovelace' })
    await service.request('PATCH', '/users/1', { name: 'Ada Lovelace King' })
    await service.request('PUT', '/users/1', { ...ada, email: 'ada.lovelace@example.org' })
    await service.request('DELETE', '/users/1')
    await service.request('POST', '/users/1/restore')
    await service.request('DELETE', '/users/1')
    const of = async () =>
      (await readContents(database.url)).rows.filter((row) => /lovelace/i.test(JSON.stringify(row)))
    expect(await of()).toMatchObject([{ table: 'deleted_users' }])

    await service.request('DELETE', '/users/1?erase=true')

    expect(await of()).toEqual([])
    const { body } = await service.request('GET', '/users/1/history')
    expect(body).toHaveLength(7)
  })
})
