import { describe, expect } from 'vitest'
import { ada, grace } from '../../support/people.ts'
import { testWithWrangler } from '../../support/wrangler-test.ts'

const test = testWithWrangler()

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
})
