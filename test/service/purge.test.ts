import { describe, expect } from 'vitest'
import { ada, grace } from '../support/people.ts'
import { testWithWrangler } from '../support/wrangler-test.ts'

const test = testWithWrangler({ DELETED_USERS_KEPT_DAYS: '7', EVENTS_KEPT_DAYS: '90' })

const withKey = (key: string) => ({ 'Idempotency-Key': key })

describe('the cron trigger', () => {
  test('forgets the keys of more than 24 hours ago', async ({ service, database }) => {
    await service.request('POST', '/users', ada, withKey('old'))
    await service.request('POST', '/users', grace, withKey('young'))
    await database.query(
      `update idempotency_keys set created_at = now() - interval '24 hours 1 second'
       where key = 'old'`,
    )
    // More than it forgets at once.
    await database.query(
      `insert into idempotency_keys
       select principal, n::text, '', user_id, created_at
       from idempotency_keys, generate_series(1, 20000) n where key = 'old'`,
    )

    await service.runScheduled()

    expect(await database.query('select key from idempotency_keys')).toEqual([{ key: 'young' }])
    expect((await service.request('POST', '/users', ada, withKey('old'))).status).toBe(409)
  })

  test('erases users who were deleted before the time that they are kept', async ({
    service,
    database,
  }) => {
    await service.request('POST', '/users', ada)
    await service.request('POST', '/users', grace)
    await service.request('DELETE', '/users/1')
    await service.request('DELETE', '/users/2')
    await database.query(
      `update deleted_users set deleted_at = now() - interval '7 days 1 minute' where id = 1`,
    )

    await service.runScheduled()

    expect(await database.query('select id::int from deleted_users')).toEqual([{ id: 2 }])
    expect(
      await database.query(
        `select user_id::int, version, caller, request_id from user_events where kind = 'erase'`,
      ),
    ).toEqual([{ user_id: 1, version: 1, caller: 'service', request_id: null }])
  })

  test('forgets events of before the time that they are kept, but never the newest', async ({
    service,
    database,
  }) => {
    await service.request('POST', '/users', ada)
    await service.request('PATCH', '/users/1', { name: 'Ada King' })
    await service.request('PATCH', '/users/1', { name: 'Ada L' })
    const age = (days: number, version: number) =>
      database.query(
        `update user_events set at = now() - interval '${days} days' where version = ${version}`,
      )
    const left = () => database.query('select version from user_events order by version')
    await age(91, 1)
    await age(89, 2)

    await service.runScheduled()
    expect(await left()).toEqual([{ version: 2 }, { version: 3 }])

    await age(100, 2)
    await age(100, 3)
    await service.runScheduled()
    expect(await left()).toEqual([{ version: 3 }])
  })

  test('does the rest when one part fails', async ({ service, database }) => {
    await service.request('POST', '/users', ada)
    await service.request('DELETE', '/users/1')
    await database.query(`update deleted_users set deleted_at = now() - interval '8 days'`)
    await database.query('alter table idempotency_keys rename to elsewhere')

    await service.runScheduled().catch(() => {})

    await database.query('alter table elsewhere rename to idempotency_keys')
    expect(await database.query('select from deleted_users')).toEqual([])
  })
})
