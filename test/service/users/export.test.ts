import { describe, expect } from 'vitest'
import { insertPeople } from '../../support/insert-people.ts'
import { people } from '../../support/people.ts'
import type { Service } from '../../support/service.ts'
import { test } from '../../support/shared-test.ts'

async function exportUsers(service: Service, query = '', accept?: string) {
  const response = await fetch(new URL(`/users/export${query}`, service.url), {
    headers: accept === undefined ? {} : { Accept: accept },
  })
  return { response, text: await response.text() }
}

const header = 'id,name,email,version,createdAt,updatedAt\r\n'

/** What a spreadsheet or a parser might take for something else. */
const strange = [
  'Ada "the first", Countess',
  '=1+1',
  "'=1+1",
  "''=1+1",
  "'Ada",
  '@ada',
  '-ada',
  '+ada',
  ...[
    '\uff1d1+1',
    '\uff0bada',
    '\uff0dada',
    '\uff20ada',
    "'\uff1dada",
    "''\uff0bada",
    "'\u3000\uff1d",
  ],
  ...['\ufe661', '\ufe621', '\ufe631', '\ufe6bada', '\u22121', "'\u2212", '\u30fcada', '\u2013ada'],
  'a\u2028b',
  '\ufeffAda',
  '𝔸da',
  'Ada;ada',
].map((name, index) => ({ name, email: `${index}@example.com` }))

describe('GET /users/export', () => {
  test('gives every user once, by id, as NDJSON', async ({ service, database }) => {
    await insertPeople(database, 4_500)

    const { response, text } = await exportUsers(service)

    const users = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(response.headers.get('Content-Type')).toBe('application/x-ndjson; charset=utf-8')
    expect(text.endsWith('\n')).toBe(true)
    expect(users.map(({ id }) => id)).toEqual(people(4_500).map((_, index) => index + 1))
    expect(users[0]).toEqual((await service.request('GET', '/users/1')).body)
  })

  test('has each user whole at the edges of its pages', { tags: ['slow'] }, async ({
    service,
    database,
  }) => {
    for (const count of [1_999, 2_000, 2_001, 4_000]) {
      await database.empty()
      await insertPeople(database, count)

      const ndjson = await exportUsers(service)
      const csv = await exportUsers(service, '', 'text/csv')

      expect(ndjson.text.split('\n')).toHaveLength(count + 1)
      expect(csv.text.split('\r\n')).toHaveLength(count + 2)
    }
  })

  test('is empty when nobody matches: the header alone in CSV', async ({ service }) => {
    expect((await exportUsers(service)).text).toBe('')
    expect((await exportUsers(service, '', 'text/csv')).text).toBe(header)
    expect((await exportUsers(service, '?q=nobody')).response.status).toBe(200)
  })

  test('holds nobody who was deleted', async ({ service, database }) => {
    await insertPeople(database, 2)
    await service.request('DELETE', '/users/1')

    expect((await exportUsers(service)).text).toMatch(/^{"id":2,[^\n]*\n$/)
  })

  test('takes the filters of the list, and no other parameter', async ({ service, database }) => {
    await insertPeople(database, 20)

    const { text } = await exportUsers(service, '?q=PERSON 1', 'text/csv')
    const one = await exportUsers(service, '?email=person.3@EXAMPLE.com')
    const sorted = await service.request('GET', '/users/export?sort=name')

    expect(text.split('\r\n').map((row) => row.split(',')[0])).toEqual(
      ['id', 1, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, ''].map(String),
    )
    expect(JSON.parse(one.text)).toMatchObject({ id: 3 })
    expect(sorted).toMatchObject({ status: 422, body: { errors: [{ parameter: 'sort' }] } })
  })

  test.for([
    [undefined, 'application/x-ndjson'],
    ['*/*', 'application/x-ndjson'],
    ['application/*', 'application/x-ndjson'],
    ['text/csv', 'text/csv'],
    ['TEXT/CSV; charset=utf-8', 'text/csv'],
    ['text/*, application/json', 'text/csv'],
    ['application/x-ndjson;q=0.5, text/csv', 'text/csv'],
    ['text/csv;q=0, */*', 'application/x-ndjson'],
    ['application/problem+json', 'application/x-ndjson'],
  ] as const)('answers Accept: %s with %s', async ([accept, mediaType], { service }) => {
    const { response } = await exportUsers(service, '', accept)

    expect(response.headers.get('Content-Type')).toBe(`${mediaType}; charset=utf-8`)
  })

  test('has nothing else to offer', async ({ service }) => {
    for (const Accept of ['application/json', 'text/html', '*/*;q=0', 'application/x-ndjson;q=0']) {
      const answer = await service.request('GET', '/users/export', undefined, { Accept })
      expect(answer).toMatchObject({ status: 406, body: { type: '/problems/not-acceptable' } })
    }
  })

  test('is no user: other methods are refused', async ({ service }) => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await service.request(method, '/users/export')
      expect([answer.status, answer.headers.get('Allow')]).toEqual([405, 'GET, HEAD, OPTIONS'])
    }
    const options = await service.request('OPTIONS', '/users/export')
    expect([options.status, options.headers.get('Allow')]).toEqual([204, 'GET, HEAD, OPTIONS'])
    expect((await service.request('HEAD', '/users/export')).status).toBe(200)
  })

  test.for(['application/x-ndjson', 'text/csv'])(
    'gives as %s what an import takes back unchanged',
    async (mediaType, { service, database }) => {
      await insertPeople(database, strange)
      const { text } = await exportUsers(service, '', mediaType)
      await database.empty()

      const answer = await service.request('POST', '/users/import', text, {
        'Content-Type': mediaType,
      })

      expect(answer.body).toEqual({ created: strange.length, updated: 0, skipped: 0, refused: [] })
      expect(
        await database.query('select name, email from users order by lower(email collate "C")'),
      ).toEqual(strange.toSorted((one, other) => (one.email < other.email ? -1 : 1)))
    },
  )

  test('lets no spreadsheet run a cell', async ({ service, database }) => {
    await insertPeople(database, strange)

    const { text } = await exportUsers(service, '', 'text/csv')

    expect(text).not.toMatch(
      /(?:^|,|")[=+\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212]/m,
    )
    expect(text).toContain(",'\uff1d1+1,")
    expect(text).toContain(`,'=1+1,`)
  })
})
