import { describe, expect } from 'vitest'
import { createClient, type Page } from '../../src/client.ts'
import { insertPeople } from '../support/insert-people.ts'
import { ada, grace } from '../support/people.ts'
import { test } from '../support/shared-test.ts'

describe('the client', () => {
  test('creates, gets, replaces, changes and removes a user', async ({ service }) => {
    const { users } = createClient(service.url.href)

    const created = await users.create(ada)
    expect(created).toEqual({
      id: 1,
      ...ada,
      version: 1,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    })
    expect(await users.get(1)).toEqual(created)
    expect(await users.replace(1, { ...created, ...grace })).toMatchObject({ ...grace, version: 2 })
    expect(await users.change(1, { name: ada.name }, { ifMatch: 2 })).toMatchObject({
      name: ada.name,
      email: grace.email,
      version: 3,
    })
    expect(await users.remove(1, { ifMatch: 3 })).toBeUndefined()
    await expect(users.get(1)).rejects.toMatchObject({ problem: { code: 'user-not-found' } })
  })

  test('lists every user of every page, and fetches a page when it is needed', async ({
    service,
    database,
  }) => {
    const paths: string[] = []
    const { users } = createClient(service.url.href, {
      fetch: (input, init) => {
        paths.push(String(input).replace(service.url.href, '/'))
        return fetch(input, init)
      },
    })
    await insertPeople(database, 7)

    const all = await Array.fromAsync(users.list({ sort: '-id', limit: 3 }), ({ id }) => id)
    const [afterAll] = [paths.splice(0)]
    for await (const { id } of users.list({ limit: 3 })) {
      if (id === 3) {
        break
      }
    }

    expect(all).toEqual([7, 6, 5, 4, 3, 2, 1])
    expect(afterAll).toEqual([
      '/users?sort=-id&limit=3',
      expect.stringMatching(/^\/users\?sort=-id&cursor=[\w-]+&limit=3$/),
      expect.stringMatching(/^\/users\?sort=-id&cursor=[\w-]+&limit=3$/),
    ])
    expect(paths).toEqual(['/users?limit=3'])
  })

  test('finds users by email and by a part of their name', async ({ service, database }) => {
    const { users } = createClient(service.url.href)
    await insertPeople(database, [ada, grace])

    const byEmail = await Array.fromAsync(users.list({ email: 'ADA@example.com' }))
    const byName = await Array.fromAsync(users.list({ q: 'hopp' }))

    expect(byEmail).toMatchObject([ada])
    expect(byName).toMatchObject([grace])
  })

  test('gives a page with its total and the way to the next', async ({ service, database }) => {
    const { users } = createClient(service.url.href)
    await insertPeople(database, 3)

    const first = await users.page({ limit: 2, count: 'exact' })
    const last = await users.page({ limit: 2, cursor: first.next })

    expect(first).toMatchObject({ users: [{ id: 1 }, { id: 2 }], total: 3 })
    expect(last).toMatchObject({ users: [{ id: 3 }], next: undefined, total: undefined })
  })

  test('takes no users for an empty page', async ({ service }) => {
    const { users } = createClient(service.url.href)

    const empty: Page = { users: [], next: undefined, total: 0 }
    expect(await users.page({ count: 'exact' })).toEqual(empty)
    expect(await Array.fromAsync(users.list())).toEqual([])
  })

  test('creates one user for one idempotency key', async ({ service }) => {
    const { users } = createClient(service.url.href)

    const [one, other] = [
      await users.create(ada, { idempotencyKey: 'sign-up-7' }),
      await users.create(ada, { idempotencyKey: 'sign-up-7' }),
    ]

    expect(other).toEqual(one)
    await expect(users.create(ada)).rejects.toMatchObject({ problem: { code: 'email-taken' } })
  })

  test('sends its headers with every request', async ({ service }) => {
    const { users } = createClient(service.url.href, {
      headers: { 'Content-Type': 'text/plain', 'If-Match': '"9"' },
    })

    await expect(users.get(1)).rejects.toMatchObject({ problem: { code: 'user-not-found' } })
    const { id } = await users.create(ada)
    await expect(users.change(id, grace)).rejects.toMatchObject({
      problem: { code: 'precondition-failed', status: 412 },
    })
  })
})
