import { describe, expect } from 'vitest'
import { insertPeople } from '../../support/insert-people.ts'
import { ids, walk } from '../../support/pages.ts'
import { test } from '../../support/test.ts'

const persons = [
  { name: 'Ada Lovelace', email: 'Ada@Example.com' },
  { name: 'Grace 100% Hopper', email: 'grace_hopper@example.com' },
  { name: 'Graceful Hopper', email: 'graceXhopper@example.org' },
  { name: 'Émile \\ Zola', email: 'emile@zola.example.com' },
  { name: 'Zoë 𝔸𝔹ℂ', email: 'zoe@example.net' },
]

describe('GET /users?email=', () => {
  test('finds the one user, whatever the case', async ({ service, database }) => {
    await insertPeople(database, persons)

    for (const email of ['ada@example.com', 'ADA@EXAMPLE.COM', 'Ada@Example.com']) {
      const answer = await service.request('GET', `/users?email=${email}`)
      expect(answer.body).toMatchObject([persons[0] ?? {}])
    }
  })

  test('answers a part of an email with nothing', async ({ service, database }) => {
    await insertPeople(database, persons)

    const answer = await service.request('GET', '/users?email=da@example.com')

    expect(answer).toMatchObject({ status: 200, body: [] })
  })

  test('answers an empty table with nothing, as it was asked for somebody', async ({ service }) => {
    const answer = await service.request('GET', '/users?email=ada@example.com')

    expect(answer).toMatchObject({ status: 200, body: [] })
  })

  test('refuses what is no email', async ({ service }) => {
    for (const email of ['', 'ada', 'ada%00@example.com', '%25@example.com%20']) {
      const answer = await service.request('GET', `/users?email=${email}`)
      expect(answer).toMatchObject({ status: 422, body: { errors: [{ parameter: 'email' }] } })
    }
  })
})

describe('GET /users?q=', () => {
  test.for([
    ['lovelace', [1]],
    ['LOVE', [1]],
    ['example.com', [1, 2, 4]],
    ['hopper', [2, 3]],
    ['ace 1', [2]],
    ['100%', [2]],
    ['e_h', [2]],
    ['e%h', []],
    ['\\ z', [4]],
    ['ÉMILE', [4]],
    ['E\u0301mile', [4]],
    ['𝔸𝔹ℂ', [5]],
    ["' or 1=1 --", []],
    ['lovelaceada', []],
    ['nobody', []],
  ] as const)('%s is looked for in names and emails', async ([q, found], { service, database }) => {
    await insertPeople(database, persons)

    const answer = await service.request('GET', `/users?q=${encodeURIComponent(q)}`)

    expect(answer.status).toBe(200)
    expect(ids(answer)).toEqual(found)
  })

  test('goes with the other filter, the sorts and the pages', async ({ service, database }) => {
    await insertPeople(database, persons)

    expect(await walk(service, '/users?q=hopper&email=grace_hopper@example.com')).toEqual([[2]])
    expect(await walk(service, '/users?q=example&sort=-name&limit=2')).toEqual([
      [4, 5],
      [3, 2],
      [1],
    ])
  })

  test('refuses fewer than 3 and more than 100 characters', async ({ service }) => {
    for (const q of ['', 'ab', '𝔸𝔹', 'x'.repeat(101), 'a\0b', 'a\nb']) {
      const answer = await service.request('GET', `/users?q=${encodeURIComponent(q)}`)
      expect(answer).toMatchObject({ status: 422, body: { errors: [{ parameter: 'q' }] } })
    }
    for (const q of ['abc', '𝔸𝔹ℂ', '𝔸'.repeat(100)]) {
      const answer = await service.request('GET', `/users?q=${encodeURIComponent(q)}`)
      expect(answer.status).toBe(200)
    }
  })

  test('is served by an index', async ({ database }) => {
    await database.query(
      `insert into users (name, email)
       select 'Person ' || md5(n::text), n || '@example.com' from generate_series(1, 20000) n`,
    )
    // Its pending list is a cost of the index, until it is merged.
    await database.query('vacuum analyze users')

    const plan = await database.query<{ 'QUERY PLAN': string }>(
      `explain select * from users where (name || e'\\n' || email) ilike '%lovelace%'`,
    )

    expect(plan.map((row) => row['QUERY PLAN']).join('\n')).toContain('users_search_idx')
  })
})

describe('GET /users?count=exact', () => {
  test('counts all that match, on every page', async ({ service, database }) => {
    await insertPeople(database, persons)

    for (const [query, total] of [
      ['', '5'],
      ['&limit=2', '5'],
      ['&q=hopper&limit=1', '2'],
      ['&q=nobody', '0'],
    ] as const) {
      const answer = await service.request('GET', `/users?count=exact${query}`)
      expect(answer.headers.get('X-Total-Count'), query).toBe(total)
    }
  })

  test('is left out unless asked for', async ({ service, database }) => {
    await insertPeople(database, persons)

    const answer = await service.request('GET', '/users')

    expect(answer.headers.has('X-Total-Count')).toBe(false)
  })
})
