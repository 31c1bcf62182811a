import { describe, expect, inject } from 'vitest'
import { ada, grace } from '../../support/people.ts'
import { startService } from '../../support/service.ts'
import { test } from '../../support/shared-test.ts'
import { asWorker } from '../../support/worker-role.ts'

const counts = `select (select count(*) from users)::int as live,
                       (select count(*) from deleted_users)::int as deleted`

describe('a deleted user', () => {
  test('is in no list, search and count, and frees the email', async ({ service }) => {
    await service.request('POST', '/users', ada)
    await service.request('POST', '/users', grace)

    await service.request('DELETE', '/users/1')

    const none = { status: 200, body: [] }
    expect(await service.request('GET', '/users/1')).toMatchObject({ status: 404 })
    expect(await service.request('GET', `/users?email=${ada.email}`)).toMatchObject(none)
    expect(await service.request('GET', '/users?q=lovelace')).toMatchObject(none)
    const counted = await service.request('GET', '/users?count=exact')
    expect(counted.headers.get('X-Total-Count')).toBe('1')
    expect(await service.request('PATCH', '/users/1', { name: 'A' })).toMatchObject({ status: 404 })
    expect(await service.request('DELETE', '/users/1')).toMatchObject({ status: 404 })
    expect(await service.request('POST', '/users', ada)).toMatchObject({ status: 201 })
  })

  test('is listed among the deleted, the newest first, and found by the email', async ({
    service,
  }) => {
    await service.request('POST', '/users', ada)
    await service.request('POST', '/users', grace)
    await service.request('DELETE', '/users/2')
    await service.request('DELETE', '/users/1')

    const { body } = await service.request('GET', '/users/deleted')
    const found = await service.request('GET', `/users/deleted?email=${ada.email.toUpperCase()}`)

    const deletedAt = expect.stringMatching(/^\d{4}-.*Z$/)
    expect(body).toMatchObject([
      { id: 1, ...ada, version: 1, deletedAt },
      { id: 2, ...grace, version: 1, deletedAt },
    ])
    expect(found.body).toMatchObject([{ id: 1 }])
  })

  test('is taken back with the same id and a new version, as often as one asks', async ({
    service,
  }) => {
    const { body: before } = await service.request('POST', '/users', ada)
    await service.request('DELETE', '/users/1')

    const restored = await service.request('POST', '/users/1/restore')
    const again = await service.request('POST', '/users/1/restore')

    expect(restored).toMatchObject({ status: 200, body: { id: 1, ...ada, version: 2 } })
    expect(Object(restored.body).createdAt).toBe(Object(before).createdAt)
    expect(restored.headers.get('ETag')).toBe('"2"')
    expect(again.body).toEqual(restored.body)
    expect(await service.request('GET', '/users/deleted')).toMatchObject({ body: [] })
    expect(await service.request('POST', '/users', grace)).toMatchObject({ body: { id: 2 } })
  })

  test('stays deleted while another has the email', async ({ service }) => {
    await service.request('POST', '/users', ada)
    await service.request('DELETE', '/users/1')
    await service.request('POST', '/users', { ...grace, email: ada.email.toUpperCase() })

    const refused = await service.request('POST', '/users/1/restore')

    expect(refused).toMatchObject({ status: 409, body: { type: '/problems/email-taken' } })
    await service.request('DELETE', '/users/2')
    expect(await service.request('POST', '/users/1/restore')).toMatchObject({ status: 200 })
  })

  test('who never was, or is erased, is not taken back', async ({ service }) => {
    await service.request('POST', '/users', ada)
    await service.request('DELETE', '/users/1?erase=true')

    for (const path of ['/users/1/restore', '/users/4711/restore']) {
      expect(await service.request('POST', path)).toMatchObject({
        status: 404,
        body: { type: '/problems/user-not-found' },
      })
    }
  })
})

describe('erase=true', () => {
  test.for([[[]], [['DELETE']]])(
    'removes for good, after %s',
    async ([before], { service, database }) => {
      await service.request('POST', '/users', ada, { 'Idempotency-Key': 'k' })
      for (const method of before ?? []) {
        await service.request(method, '/users/1')
      }

      const stale = await service.request('DELETE', '/users/1?erase=true', undefined, {
        'If-Match': '"2"',
      })
      const erased = await service.request('DELETE', '/users/1?erase=true')

      expect(stale.status).toBe(412)
      expect(erased.status).toBe(204)
      expect(await service.request('DELETE', '/users/1?erase=true')).toMatchObject({ status: 404 })
      expect(await database.query(counts)).toEqual([{ live: 0, deleted: 0 }])
      expect(await database.query('select from idempotency_keys')).toEqual([])
    },
  )

  test('is true or left out', async ({ service }) => {
    await service.request('POST', '/users', ada)

    for (const query of ['erase', 'erase=', 'erase=false', 'erase=1', 'erase=true&erase=true']) {
      expect(await service.request('DELETE', `/users/1?${query}`)).toMatchObject({ status: 422 })
    }
    expect(await service.request('GET', '/users/1')).toMatchObject({ status: 200 })
  })
})

describe('with DELETED_USERS_KEPT_DAYS=0', () => {
  test('a user is removed for good at once', async ({ database }) => {
    await using service = await startOwn(database.url)
    await service.request('POST', '/users', ada)

    expect(await service.request('DELETE', '/users/1')).toMatchObject({ status: 204 })

    expect(await database.query(counts)).toEqual([{ live: 0, deleted: 0 }])
    expect(await service.request('POST', '/users/1/restore')).toMatchObject({ status: 404 })
    expect(await database.query('select kind from user_events order by sequence')).toEqual([
      { kind: 'create' },
      { kind: 'erase' },
    ])
  })

  async function startOwn(url: string) {
    const service = await startService(inject('workerDir'), {
      DATABASE_URL: asWorker(url),
      NEON_ENDPOINT: inject('endpointUrl'),
      DELETED_USERS_KEPT_DAYS: '0',
    })
    return { ...service, [Symbol.asyncDispose]: service.close }
  }
})

describe('at the same time', () => {
  test('a user is deleted and taken back, and is never in two places or in none', async ({
    service,
    database,
  }) => {
    await service.request('POST', '/users', ada)
    const requests = Array.from({ length: 60 }, (_, turn) =>
      turn % 2 === 0
        ? service.request('DELETE', '/users/1')
        : service.request('POST', '/users/1/restore'),
    )

    const answers = await Promise.all(requests)

    // A restore finds the user in one place or the other.
    const restores = answers.filter((_, turn) => turn % 2 === 1)
    expect(new Set(restores.map(({ status }) => status))).toEqual(new Set([200]))
    const [{ live, deleted } = { live: 0, deleted: 0 }] = await database.query<{
      live: number
      deleted: number
    }>(counts)
    expect(live + deleted).toBe(1)
    const kinds = await database.query<{ kind: string }>(
      'select kind from user_events order by sequence',
    )
    // One after the other: each deletion of one who was there, each restore of one who was not.
    expect(kinds.slice(1).map(({ kind }) => kind)).toEqual(
      kinds.slice(1).map((_, turn) => (turn % 2 === 0 ? 'delete' : 'restore')),
    )
  })

  test('an erasure finds a user wherever another request has just put it', async ({
    service,
    database,
  }) => {
    for (let turn = 1; turn <= 15; turn += 1) {
      await service.request('POST', '/users', ada)
      const [, erased] = await Promise.all([
        service.request('DELETE', `/users/${turn}`),
        service.request('DELETE', `/users/${turn}?erase=true`),
        service.request('POST', `/users/${turn}/restore`),
      ])

      expect(erased?.status).toBe(204)
      expect(await database.query(counts)).toEqual([{ live: 0, deleted: 0 }])
    }
  })
})
