import { describe, expect } from 'vitest'
import { ada, grace, people } from '../../support/people.ts'
import { test } from '../../support/shared-test.ts'

const ndjson = { 'Content-Type': 'application/x-ndjson' }

describe('an event', () => {
  test('of an import is one for each line, in its one statement', async ({ service, database }) => {
    await service.request('POST', '/users', ada)
    const lines = [{ ...ada, name: 'Ada King' }, { ...ada, email: 'new@example.com' }, grace]
    const body = lines.map((line) => `${JSON.stringify(line)}\n`).join('')

    const { headers } = await service.request(
      'POST',
      '/users/import?onConflict=update',
      body,
      ndjson,
    )

    const events = await database.query(
      `select kind, version, fields, request_id, count(*) over (partition by transaction_id)::int as all
       from user_events where kind = 'import' order by version desc, user_id`,
    )
    const request_id = headers.get('X-Request-Id')
    const both = ['name', 'email']
    expect(events).toEqual([
      { kind: 'import', version: 2, fields: ['name'], request_id, all: 3 },
      { kind: 'import', version: 1, fields: both, request_id, all: 3 },
      { kind: 'import', version: 1, fields: both, request_id, all: 3 },
    ])
  })

  test('of an import takes no look at all lines for each line', { tags: ['slow'] }, async ({
    service,
    database,
  }) => {
    const lines = (name: string) =>
      people(5_000)
        .map((person) => `${JSON.stringify({ ...person, name: `${name} ${person.name}` })}\n`)
        .join('')
    await service.request('POST', '/users/import', lines('Old'), ndjson)

    const path = '/users/import?onConflict=update'
    const answer = await service.request('POST', path, lines('New'), ndjson)

    // Looks at each other's lines would take longer than a statement may.
    expect(answer).toMatchObject({ status: 200, body: { updated: 5_000 } })
    expect(
      await database.query(
        `select fields, count(*)::int from user_events where version = 2 group by fields`,
      ),
    ).toEqual([{ fields: ['name'], count: 5_000 }])
  })

  test('of an import holds nothing that a person gave', async ({ service, database }) => {
    const path = '/users/import?onConflict=update'
    await service.request('POST', path, JSON.stringify(ada), ndjson)
    await service.request('POST', path, JSON.stringify({ ...ada, name: grace.name }), ndjson)

    const rows = JSON.stringify(await database.query('select * from user_events'))

    expect(rows).toContain('import')
    for (const text of [...Object.values(ada), ...Object.values(grace)]) {
      expect(rows).not.toContain(text)
    }
  })

  test('is made by no line that changes nothing', async ({ service, database }) => {
    await service.request('POST', '/users', ada)
    for (const onConflict of ['skip', 'update']) {
      const path = `/users/import?onConflict=${onConflict}`
      await service.request('POST', path, `${JSON.stringify(ada)}\n`, ndjson)
    }

    expect(await database.query('select kind from user_events')).toEqual([{ kind: 'create' }])
  })
})
