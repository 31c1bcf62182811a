import { describe, expect } from 'vitest'
import { insertPeople } from '../../support/insert-people.ts'
import { ids, links, walk } from '../../support/pages.ts'
import { ada } from '../../support/people.ts'
import { test } from '../../support/shared-test.ts'

describe('GET /users', () => {
  test('answers an empty table with the problem of the Python recipe', async ({ service }) => {
    const answer = await service.request('GET', '/users')

    expect(answer).toMatchObject({
      status: 404,
      body: { type: '/problems/no-users', detail: 'No users found' },
    })
  })

  test('gives 50 users a page, by id, unless asked otherwise', async ({ service, database }) => {
    await insertPeople(database, 120)

    const pages = await walk(service, '/users')

    expect(pages.map(({ length }) => length)).toEqual([50, 50, 20])
    expect(pages.flat()).toEqual(Array.from({ length: 120 }, (_, index) => index + 1))
  })

  test('has no next link when the last page is full', async ({ service, database }) => {
    await insertPeople(database, 4)

    expect(await walk(service, '/users?limit=2')).toEqual([
      [1, 2],
      [3, 4],
    ])
  })

  test('is the same with a slash at the end', async ({ service, database }) => {
    await insertPeople(database, 3)

    const [plain, slash] = [
      await service.request('GET', '/users?limit=2'),
      await service.request('GET', '/users/?limit=2'),
    ]

    expect(slash.body).toEqual(plain.body)
    expect(await walk(service, '/users/?limit=2')).toEqual([[1, 2], [3]])
  })

  test('keeps the limit in its links', async ({ service, database }) => {
    await insertPeople(database, 3)

    const relations = links(await service.request('GET', '/users?limit=2'))

    expect(relations.get('first')).toBe(`${service.url.origin}/users?limit=2`)
    expect(relations.get('next')).toMatch(/\/users\?limit=2&cursor=[\w-]+$/)
  })

  test('misses nothing and repeats nothing while users come and go', async ({
    service,
    database,
  }) => {
    await insertPeople(database, 10)
    const first = await service.request('GET', '/users?limit=4')

    await service.request('DELETE', '/users/2')
    await service.request('DELETE', '/users/5')
    await service.request('POST', '/users', ada)
    const rest = await walk(service, links(first).get('next') ?? '')

    expect([ids(first), ...rest]).toEqual([
      [1, 2, 3, 4],
      [6, 7, 8, 9],
      [10, 11],
    ])
  })

  test('answers a cursor behind the last user with an empty page', async ({
    service,
    database,
  }) => {
    await insertPeople(database, 3)
    const next = links(await service.request('GET', '/users?limit=2')).get('next') ?? ''
    await database.empty()

    const answer = await service.request('GET', next)

    expect(answer).toMatchObject({ status: 200, body: [] })
  })

  test('refuses a cursor that it did not make', async ({ service, database }) => {
    await insertPeople(database, 3)
    const next = links(await service.request('GET', '/users?limit=2')).get('next') ?? ''
    const changed = next.replace(/(.)(.)$/, (_, one, two) => (one === 'A' ? 'B' : 'A') + two)

    for (const path of ['/users?cursor=2', '/users?cursor=', '/users?cursor=%00%C3%B0', changed]) {
      const answer = await service.request('GET', path)
      expect(answer).toMatchObject({ status: 400, body: { type: '/problems/invalid-cursor' } })
    }
  })

  test('goes on with another limit and a count', async ({ service, database }) => {
    await insertPeople(database, 5)
    const next = links(await service.request('GET', '/users?limit=2')).get('next') ?? ''

    const answer = await service.request('GET', `${next.replace('limit=2', 'limit=3')}&count=exact`)

    expect(ids(answer)).toEqual([3, 4, 5])
    expect(answer.headers.get('X-Total-Count')).toBe('5')
  })

  test('serves a client of the Python recipe, who knows nothing of pages', async ({
    service,
    database,
  }) => {
    await insertPeople(database, 2)

    const response = await fetch(new URL('/users/', service.url))

    expect(response.headers.get('Content-Type')).toBe('application/json')
    expect(await response.json()).toEqual([
      expect.objectContaining({ id: 1, name: 'Person 1', email: 'person.1@example.com' }),
      expect.objectContaining({ id: 2, name: 'Person 2', email: 'person.2@example.com' }),
    ])
  })

  test('answers HEAD with the headers of GET', async ({ service, database }) => {
    await insertPeople(database, 3)

    const answer = await service.request('HEAD', '/users?limit=2&count=exact')

    expect(answer).toMatchObject({ status: 200, text: '' })
    expect(answer.headers.get('X-Total-Count')).toBe('3')
    expect(links(answer).get('next')).toMatch(/cursor=/)
  })

  test.for([
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=1e1', 'limit'],
    ['limit=', 'limit'],
    ['limit=2&limit=3', 'limit'],
    ['count=', 'count'],
    ['count=true', 'count'],
    ['cursor=a&cursor=b', 'cursor'],
    ['offset=3', 'offset'],
    ['__proto__=1', '__proto__'],
    ['=1', ''],
    ['limit=2&=', ''],
    ['q=a?b&=%', ''],
  ])('refuses ?%s', async ([query, parameter], { service }) => {
    const answer = await service.request('GET', `/users?${query}`)

    expect(answer).toMatchObject({ status: 422, body: { errors: [{ parameter }] } })
  })
})
