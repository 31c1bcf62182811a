import { describe, expect } from 'vitest'
import { ada, grace } from '../../support/people.ts'
import { test } from '../../support/shared-test.ts'

const withKey = (key: string) => ({ 'Idempotency-Key': key })

const countKeys = 'select count(*)::integer as keys from idempotency_keys'

describe('POST /users with Idempotency-Key', () => {
  test('answers a replay with the user as it now is', async ({ service, database }) => {
    const first = await service.request('POST', '/users', ada, withKey('k1'))
    await service.request('PATCH', '/users/1', { name: 'Ada King', email: 'king@example.com' })

    const replay = await service.request('POST', '/users', ada, withKey('k1'))

    expect(first.status).toBe(201)
    expect(first.headers.has('Idempotency-Replayed')).toBe(false)
    expect(replay).toMatchObject({
      status: 201,
      body: { id: 1, name: 'Ada King', email: 'king@example.com', version: 2 },
    })
    expect(replay.headers.get('Idempotency-Replayed')).toBe('true')
    expect(replay.headers.get('Location')).toBe('/users/1')
    expect(replay.headers.get('ETag')).toBe('"2"')
    expect(await database.query('select id from users')).toHaveLength(1)
  })

  test('takes the key bare or in quotes, and the body for what it means', async ({ service }) => {
    await service.request('POST', '/users', ada, withKey('"k1"'))

    const replay = await service.request(
      'POST',
      '/users',
      `{"email": "${ada.email}", "id": 5, "name": "${ada.name}"}`,
      withKey('k1'),
    )

    expect(replay.status).toBe(201)
    expect(replay.headers.get('Idempotency-Replayed')).toBe('true')
  })

  test('refuses the key with another body', async ({ service, database }) => {
    await service.request('POST', '/users', ada, withKey('k1'))

    for (const body of [
      grace,
      { ...ada, name: 'Ada King' },
      { ...ada, email: 'ADA@example.com' },
    ]) {
      const answer = await service.request('POST', '/users', body, withKey('k1'))
      expect(answer).toMatchObject({
        status: 422,
        body: { type: '/problems/idempotency-key-reused' },
      })
    }
    expect(await database.query('select id from users')).toHaveLength(1)
  })

  test('leaves no key behind when the email is taken, or the body is wrong', async ({
    service,
    database,
  }) => {
    await service.request('POST', '/users', ada)

    const taken = await service.request('POST', '/users', ada, withKey('k1'))
    const wrong = await service.request('POST', '/users', { name: 'Ada' }, withKey('k1'))
    const [row] = await database.query(countKeys)
    const other = await service.request('POST', '/users', grace, withKey('k1'))

    expect([taken.status, wrong.status, other.status]).toEqual([409, 422, 201])
    expect(row).toEqual({ keys: 0 })
  })

  test('forgets the key with its user', async ({ service, database }) => {
    await service.request('POST', '/users', ada, withKey('k1'))
    await service.request('DELETE', '/users/1')

    const answer = await service.request('POST', '/users', ada, withKey('k1'))

    expect(answer).toMatchObject({ status: 201, body: { version: 1 } })
    expect(answer.headers.has('Idempotency-Replayed')).toBe(false)
    expect(await database.query(countKeys)).toEqual([{ keys: 1 }])
  })

  test('keeps nothing of the body but a digest', async ({ service, database }) => {
    await service.request('POST', '/users', ada, withKey('k1'))

    const rows = await database.query('select * from idempotency_keys')

    expect(JSON.stringify(rows)).not.toMatch(/lovelace|example/i)
    expect(rows).toMatchObject([
      { key: 'k1', request_digest: expect.stringMatching(/^[\da-f]{64}$/) },
    ])
  })

  test.for([
    ['', 'is empty'],
    ['two words', 'holds a space'],
    ['""', 'is an empty string'],
    ['"half', 'has one quote'],
    ['ключ', 'is not ASCII'],
    ['k'.repeat(256), 'is too long'],
  ] as const)('refuses a key "%s" that %s', async ([key], { service }) => {
    const answer = await service.request('POST', '/users', ada, {
      'Idempotency-Key': Buffer.from(key).toString('latin1'),
    })

    expect(answer).toMatchObject({
      status: 422,
      body: { errors: [{ header: 'Idempotency-Key' }] },
    })
  })

  test('takes 255 characters, in quotes as well', async ({ service }) => {
    const key = `${'!~"'.repeat(85)}`

    const first = await service.request('POST', '/users', ada, withKey(`"${key}"`))
    const replay = await service.request('POST', '/users', ada, withKey(key))

    expect([first.status, replay.status]).toEqual([201, 201])
    expect(replay.headers.get('Idempotency-Replayed')).toBe('true')
  })
})

describe('races of one idempotency key', () => {
  test('100 creates of one user: one user, and all succeed', async ({ service, database }) => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => service.request('POST', '/users', ada, withKey('k1'))),
    )

    const isReplay = answers.map(({ headers }) => headers.get('Idempotency-Replayed') === 'true')
    expect(answers.map(({ status }) => status)).toEqual(Array(100).fill(201))
    expect(isReplay.filter((replay) => !replay)).toHaveLength(1)
    expect(await database.query('select email from users')).toEqual([{ email: ada.email }])
  })

  test('50 creates of different users: one user, and the rest are refused', async ({
    service,
    database,
  }) => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        service.request('POST', '/users', { ...ada, email: `${index}@example.com` }, withKey('k1')),
      ),
    )

    const statuses = answers.map(({ status }) => status).sort()
    expect(statuses).toEqual([201, ...Array(49).fill(422)])
    expect(await database.query('select id from users')).toHaveLength(1)
  })

  test('50 keys for one email: one user, and the rest are conflicts', async ({
    service,
    database,
  }) => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        service.request('POST', '/users', ada, withKey(`k${index}`)),
      ),
    )

    const statuses = answers.map(({ status }) => status).sort()
    expect(statuses).toEqual([201, ...Array(49).fill(409)])
    expect(await database.query(countKeys)).toEqual([{ keys: 1 }])
  })
})
