import { describe, expect } from 'vitest'
import { insertPeople } from '../../support/insert-people.ts'
import { links, walk } from '../../support/pages.ts'
import { people } from '../../support/people.ts'
import { test } from '../../support/shared-test.ts'

// Code points sort capitals before small letters, and both before accents and other planes.
const names = ['zoë', 'Zoe', 'ada', 'Ada', 'Ada', 'Émile', '李', '𝔸lan', 'Ada']
const persons = names.map((name, index) => ({ name, email: `${index}.${name.length}@example.com` }))

/** The ids in the order of the names' code points, which UTF-8 keeps; ties by id. */
const byName = persons
  .map(({ name }, index) => ({ bytes: Buffer.from(name), id: index + 1 }))
  .sort((one, other) => Buffer.compare(one.bytes, other.bytes) || one.id - other.id)
  .map(({ id }) => id)

describe('GET /users?sort=', () => {
  test.for([
    ['id', [1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ['-id', [9, 8, 7, 6, 5, 4, 3, 2, 1]],
    ['name', byName],
    ['-name', byName.toReversed()],
    ['email', [1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ['-email', [9, 8, 7, 6, 5, 4, 3, 2, 1]],
  ] as const)('%s walks all users in this order', async ([sort, order], { service, database }) => {
    await insertPeople(database, persons)

    for (const limit of [1, 2, 4, 9, 50]) {
      const pages = await walk(service, `/users?sort=${sort}&limit=${limit}`)
      expect(pages.flat(), `limit ${limit}`).toEqual(order)
      expect(pages).toHaveLength(Math.ceil(order.length / limit))
    }
  })

  test('keeps sort, filters and count in its links', async ({ service, database }) => {
    await insertPeople(database, 3)

    const relations = links(
      await service.request('GET', '/users?sort=-name&q=person&count=exact&limit=1'),
    )

    const { origin } = service.url
    expect(relations.get('first')).toBe(`${origin}/users?sort=-name&q=person&count=exact&limit=1`)
    expect(relations.get('next')).toContain(
      `${origin}/users?sort=-name&q=person&count=exact&limit=1&cursor=`,
    )
  })

  test.for(['sort=-id', 'sort=name', 'q=person', 'email=person.3@example.com'])(
    'refuses a cursor of another list when asked for %s',
    async (other, { service, database }) => {
      await insertPeople(database, 5)
      const next = new URL(links(await service.request('GET', '/users?limit=2')).get('next') ?? '')

      const answer = await service.request('GET', `${next.href}&${other}`)

      expect(answer).toMatchObject({
        status: 400,
        body: {
          type: '/problems/invalid-cursor',
          detail: expect.stringContaining('another sort or filter'),
        },
      })
    },
  )

  test('shows nothing of a user in a cursor', async ({ service, database }) => {
    await insertPeople(database, 3)

    const next = links(await service.request('GET', '/users?sort=name&limit=1')).get('next') ?? ''
    const cursor = new URL(next).searchParams.get('cursor') ?? ''

    expect(Buffer.from(cursor, 'base64url').toString('latin1')).not.toMatch(/person|name/i)
  })

  test('by id misses nothing and repeats nothing during heavy writing', { tags: ['slow'] }, async ({
    service,
    database,
  }) => {
    await insertPeople(database, 200)
    let isWriting = true
    let created = 0
    const write = async (writer: number) => {
      for (let round = 0; isWriting; round += 1) {
        const [victim, renamed] = [201 + writer + round * 4, ((writer * 97 + round * 13) % 200) + 1]
        const email = `${writer}.${round}@writers.example.com`
        const { status } = await service.request('POST', '/users', { name: 'Late', email })
        created += status === 201 ? 1 : 0
        await service.request('PATCH', `/users/${renamed}`, { name: `Renamed ${round}` })
        await service.request('DELETE', `/users/${victim}`)
      }
    }
    const writers = [0, 1, 2, 3].map(write)

    for (const sort of ['id', '-id']) {
      const walked = (await walk(service, `/users?sort=${sort}&limit=9`)).flat()
      const there = walked.filter((id) => id <= 200).sort((one, other) => one - other)
      expect(there).toEqual(people(200).map((_, index) => index + 1))
      expect(new Set(walked).size).toBe(walked.length)
    }
    isWriting = false
    await Promise.all(writers)
    expect(created).toBeGreaterThan(10)
  })

  test('refuses another sort', async ({ service }) => {
    for (const sort of ['', 'Name', 'createdAt', '+name', 'name,id']) {
      const answer = await service.request('GET', `/users?sort=${encodeURIComponent(sort)}`)
      expect(answer).toMatchObject({ status: 422, body: { errors: [{ parameter: 'sort' }] } })
    }
  })
})
