import { describe, expect } from 'vitest'
import { insertPeople } from '../../support/insert-people.ts'
import { ids, walk } from '../../support/pages.ts'
import { test } from '../../support/shared-test.ts'

const persons = [
  { name: 'Ada Lovelace', email: 'Ada@Example.com' },
  { name: 'Grace 100% Hopper', email: 'grace_hopper@example.com' },
  { name: 'Graceful Hopper', email: 'graceXhopper@example.org' },
  { name: 'Émile \\ Zola', email: 'emile@zola.example.com' },
  { name: 'Zoë 𝔸𝔹ℂ', email: 'zoe@example.net' },
]

/** Names of two and three characters, and letters whose cases are not one to one. */
const namesOfTheWorld = [
  '李明',
  '王小明',
  '이영희',
  'İpek',
  'Straße',
  'ΟΔΥΣΣΕΥΣ',
  'Οδυσσεύς',
  'Ǆemal',
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

  test.for([
    ['gr', [2, 3]],
    ['GR', [2, 3]],
    ['ÉM', [4]],
    ['E\u0301m', [4]],
    ['ad', [1]],
    ['da', []],
    ['ho', []],
    ['g_', []],
    ['g%', []],
    ['zo', [5]],
    ['𝔸𝔹', []],
    ['@e', []],
    ['\\ ', []],
  ] as const)(
    '%s is looked for at the start of both',
    async ([q, found], { service, database }) => {
      await insertPeople(database, persons)

      const answer = await service.request('GET', `/users?q=${encodeURIComponent(q)}`)

      expect(answer.status).toBe(200)
      expect(ids(answer)).toEqual(found)
    },
  )

  test.for([
    ['李明', [1]],
    ['小明', []],
    ['王小', [2]],
    ['王小明', [2]],
    ['이영', [3]],
    ['ip', [4]],
    ['İP', [4]],
    ['ipek', [4]],
    ['st', [5]],
    ['STRASSE', []],
    ['STRAßE', [5]],
    ['οδ', [6, 7]],
    ['οδυσσευσ', [6]],
    ['ΟΔΥΣΣΕΎΣ', []],
    ['ΟΔΥΣΣΕΎς', [7]],
    ['ǆe', [8]],
    ['ǅE', [8]],
  ] as const)(
    '%s is found by the case of single letters',
    async ([q, found], { service, database }) => {
      await insertPeople(
        database,
        namesOfTheWorld.map((name, index) => ({ name, email: `${index}@example.com` })),
      )

      const answer = await service.request('GET', `/users?q=${encodeURIComponent(q)}`)

      expect(answer.status).toBe(200)
      expect(ids(answer)).toEqual(found)
    },
  )

  test('finds at the start whatever may follow', async ({ service, database }) => {
    const name = `ab${'\u{10ffff}'.repeat(198)}`
    await insertPeople(database, [{ name, email: 'last@example.com' }])

    const answer = await service.request('GET', '/users?q=AB')

    expect(ids(answer)).toEqual([1])
  })

  test('goes with the other filter, the sorts and the pages', async ({ service, database }) => {
    await insertPeople(database, persons)

    expect(await walk(service, '/users?q=hopper&email=grace_hopper@example.com')).toEqual([[2]])
    expect(await walk(service, '/users?q=example&sort=-name&limit=2')).toEqual([
      [4, 5],
      [3, 2],
      [1],
    ])
    expect(await walk(service, '/users?q=gr&sort=-email&limit=1')).toEqual([[2], [3]])
    expect(await walk(service, '/users?q=gr&email=grace_hopper@example.com')).toEqual([[2]])
  })

  test('refuses fewer than 2 and more than 100 characters', async ({ service }) => {
    for (const q of ['', 'a', '𝔸', 'e\u0301', 'x'.repeat(101), 'a\0b', 'a\nb']) {
      const answer = await service.request('GET', `/users?q=${encodeURIComponent(q)}`)
      expect(answer).toMatchObject({ status: 422, body: { errors: [{ parameter: 'q' }] } })
    }
    for (const q of ['ab', '𝔸𝔹', '𝔸𝔹ℂ', '𝔸'.repeat(100)]) {
      const answer = await service.request('GET', `/users?q=${encodeURIComponent(q)}`)
      expect(answer.status).toBe(200)
    }
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
