import { describe, expect } from 'vitest'
import { links } from '../../support/pages.ts'
import { ada, grace } from '../../support/people.ts'
import type { Answer, Service } from '../../support/service.ts'
import { test } from '../../support/shared-test.ts'

const withKey = (key: string) => ({ 'Idempotency-Key': key })

describe('an event', () => {
  test('of each kind of write tells who did what, and which fields changed', async ({
    service,
  }) => {
    await service.request('POST', '/users', ada)
    await service.request('POST', '/users', grace, withKey('k'))
    await service.request('PATCH', '/users/1', { name: 'Ada King' })
    await service.request('PATCH', '/users/1', { name: 'Ada L' }, { 'If-Match': '"2"' })
    await service.request('PUT', '/users/1', { name: 'Ada L', email: 'ada@example.org' })
    await service.request('DELETE', '/users/1')
    await service.request('POST', '/users/1/restore')
    await service.request('DELETE', '/users/1', undefined, { 'If-Match': '"5"' })
    await service.request('DELETE', '/users/1?erase=true')

    const told = async () =>
      ((await service.request('GET', '/events')).body as Record<string, unknown>[]).map(
        ({ userId, kind, version, fields }) => ({ userId, kind, version, fields }),
      )
    // The feed waits for the transactions of every database of the cluster.
    await expect.poll(told).toEqual([
      { userId: 1, kind: 'create', version: 1, fields: ['name', 'email'] },
      { userId: 2, kind: 'create', version: 1, fields: ['name', 'email'] },
      { userId: 1, kind: 'change', version: 2, fields: ['name'] },
      { userId: 1, kind: 'change', version: 3, fields: ['name'] },
      { userId: 1, kind: 'replace', version: 4, fields: ['email'] },
      { userId: 1, kind: 'delete', version: 4, fields: [] },
      { userId: 1, kind: 'restore', version: 5, fields: [] },
      { userId: 1, kind: 'delete', version: 5, fields: [] },
      { userId: 1, kind: 'erase', version: 5, fields: [] },
    ])
  })

  test('names who asked, by which request and when, as the user has it', async ({ service }) => {
    const { body, headers } = await service.request('POST', '/users', ada)

    const { body: history } = await service.request('GET', '/users/1/history')

    expect(history).toEqual([
      {
        id: expect.stringMatching(/^[\da-f-]{36}$/),
        ...{ kind: 'create', userId: 1, version: 1, fields: ['name', 'email'] },
        at: Object(body).createdAt,
        caller: 'anyone',
        requestId: headers.get('X-Request-Id'),
      },
    ])
  })

  test('is made by nothing that changes nothing', async ({ service, database }) => {
    await service.request('POST', '/users', ada, withKey('k'))
    await service.request('POST', '/users', ada, withKey('k'))
    await service.request('POST', '/users', ada)
    await service.request('PATCH', '/users/1', {})
    await service.request('PATCH', '/users/1', ada)
    await service.request('PATCH', '/users/1', ada, { 'If-Match': '"1"' })
    await service.request('PATCH', '/users/1', { name: 'Other' }, { 'If-Match': '"2"' })
    await service.request('PUT', '/users/1', ada)
    await service.request('POST', '/users/1/restore')
    await service.request('DELETE', '/users/1', undefined, { 'If-Match': '"2"' })
    await service.request('DELETE', '/users/2')
    await service.request('DELETE', '/users/2?erase=true')

    expect(await database.query('select kind from user_events')).toEqual([{ kind: 'create' }])
  })

  test('is made by each of many changes at once, with its own fields', async ({ service }) => {
    await service.request('POST', '/users', ada)
    const due = new Map<string, string>()
    const everyVersion = Array.from({ length: 50 }, (_, index) => `"${index + 1}"`).join(', ')
    const preconditions = [{}, { 'If-Match': '*' }, { 'If-Match': everyVersion }]
    const change = async (field: string, turn: number) => {
      const value = field === 'name' ? `Ada ${turn}` : `ada.${turn}@example.com`
      const { headers } = await service.request(
        'PATCH',
        '/users/1',
        { [field]: value },
        preconditions[turn % 3],
      )
      due.set(headers.get('X-Request-Id') ?? '', field)
    }

    await Promise.all(
      Array.from({ length: 40 }, (_, turn) => change(turn % 2 ? 'name' : 'email', turn)),
    )

    const { body } = await service.request('GET', '/users/1/history?sort=version&limit=100')
    const [created, ...changes] = body as { requestId: string; fields: string[]; version: number }[]
    expect(created?.version).toBe(1)
    expect(changes.map(({ version }) => version)).toEqual(changes.map((_, index) => index + 2))
    expect(changes.map(({ fields }) => fields)).toEqual(
      changes.map(({ requestId }) => [due.get(requestId)]),
    )
    expect(changes).toHaveLength(40)
  })

  test('holds nothing that a person gave', async ({ service, database }) => {
    await service.request('POST', '/users', ada)
    await service.request('PATCH', '/users/1', grace)
    await service.request('DELETE', '/users/1?erase=true')

    const rows = JSON.stringify(await database.query('select * from user_events'))

    for (const text of [...Object.values(ada), ...Object.values(grace)]) {
      expect(rows).not.toContain(text)
    }
  })
})

describe('GET /users/{id}/history', () => {
  test('pages newest first, counts, and goes on after an erasure', async ({ service }) => {
    await service.request('POST', '/users', ada)
    await service.request('PATCH', '/users/1', { name: 'Ada King' })
    await service.request('DELETE', '/users/1?erase=true')

    const first = await service.request('GET', '/users/1/history?limit=2&count=exact')
    const second = await service.request('GET', links(first).get('next') ?? '')

    expect(first.headers.get('X-Total-Count')).toBe('3')
    expect(first.body).toMatchObject([{ kind: 'erase' }, { kind: 'change' }])
    expect(second.body).toMatchObject([{ kind: 'create' }])
    expect(links(second).has('next')).toBe(false)
  })

  test('is empty for a user from before there were events, and 404 for none', async ({
    service,
    database,
  }) => {
    await database.query(`insert into users (name, email) values ('Old', 'old@example.com')`)

    expect(await service.request('GET', '/users/1/history')).toMatchObject({ body: [] })
    expect(await service.request('GET', '/users/2/history')).toMatchObject({
      status: 404,
      body: { type: '/problems/user-not-found' },
    })
  })
})

describe('GET /events', () => {
  const read = async (service: Service, query: string) => {
    const answer = await service.request('GET', `/events?${query}`)
    expect(answer.status).toBe(200)
    return (answer.body as { userId: number; kind: string }[]).map(
      ({ userId, kind }) => `${kind} ${userId}`,
    )
  }

  test('filters by kind, user, caller and moment', async ({ service, database }) => {
    await service.request('POST', '/users', ada)
    await service.request('POST', '/users', grace)
    await service.request('DELETE', '/users/1?erase=true')
    await database.query(`update user_events set at = at - interval '1 day' where kind = 'create'`)
    await database.query(`update user_events set caller = 'key:support' where user_id = 2`)
    const since = new Date(Date.now() - 3_600_000).toISOString()

    await expect.poll(() => read(service, '')).toEqual(['create 1', 'create 2', 'erase 1'])
    expect(await read(service, 'kind=erase')).toEqual(['erase 1'])
    expect(await read(service, 'kind=create&userId=1')).toEqual(['create 1'])
    expect(await read(service, 'userId=2')).toEqual(['create 2'])
    expect(await read(service, 'caller=key:support')).toEqual(['create 2'])
    expect(await read(service, 'caller=key:other')).toEqual([])
    expect(await read(service, `since=${since}`)).toEqual(['erase 1'])
    expect(await read(service, 'since=9999-12-31T23:59:59Z')).toEqual([])
  })

  test('always leads on, with a filter behind what it left out', async ({ service }) => {
    const empty = await service.request('GET', '/events?kind=erase')
    await service.request('POST', '/users', ada)
    await expect.poll(() => read(service, '')).toEqual(['create 1'])
    const first = await service.request('GET', links(empty).get('next') ?? '')
    const cursorOf = (answer: Answer) =>
      new URL(links(answer).get('next') ?? '').searchParams.get('cursor')

    expect(first.body).toEqual([])
    expect(await read(service, `cursor=${cursorOf(empty)}`)).toEqual(['create 1'])
    expect(await read(service, `cursor=${cursorOf(first)}`)).toEqual([])
  })

  test.for([
    'abc',
    '1.2.3.4',
    '1.2.3',
    '-1.2.3.0f8fad5b-d9cb-469f-a165-70867728950e',
    '1.18446744073709551616.3.0f8fad5b-d9cb-469f-a165-70867728950e',
    '1.2.9223372036854775808.0f8fad5b-d9cb-469f-a165-70867728950e',
    '',
  ])('refuses the cursor %s', async (cursor, { service }) => {
    expect(await service.request('GET', `/events?cursor=${cursor}`)).toMatchObject({
      status: 400,
      body: { type: '/problems/invalid-cursor' },
    })
  })

  test.for(['', 'a%20b', 'na%C3%AFve', 'x'.repeat(101)])(
    'refuses the caller %s, which no event names',
    async (caller, { service }) => {
      expect(await service.request('GET', `/events?caller=${caller}`)).toMatchObject({
        status: 422,
        body: { errors: [{ parameter: 'caller' }] },
      })
    },
  )

  test('does not go on from the cursor of another cluster, or of an event that is gone', async ({
    service,
  }) => {
    const [cluster, , ...rest] = (
      new URL(links(await service.request('GET', '/events')).get('next') ?? '').searchParams.get(
        'cursor',
      ) ?? ''
    ).split('.')
    const id = '0f8fad5b-d9cb-469f-a165-70867728950e'

    for (const cursor of [['1', '0', ...rest].join('.'), `${cluster}.7.7.${id}`]) {
      expect(await service.request('GET', `/events?cursor=${cursor}`)).toMatchObject({
        status: 410,
        body: { type: '/problems/feed-restarted' },
      })
    }
  })
})
