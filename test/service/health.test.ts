// Takes over ten seconds: what a probe has found out holds for two seconds.

import { startEndpoint } from 'neon-local'
import { describe, expect, inject, vi } from 'vitest'
import { entries } from '../../drizzle/meta/_journal.json' with { type: 'json' }
import { version } from '../../package.json' with { type: 'json' }
import { cloneDatabase } from '../support/database.ts'
import { type Service, startService } from '../support/service.ts'
import { test } from '../support/shared-test.ts'
import { asWorker } from '../support/worker-role.ts'

/** What it says of the database stands for two seconds: here for less, or for longer than the test takes. */
const [fast, slow] = [5, 0.1]

async function startOwnService(clock = 1) {
  const database = await cloneDatabase(inject('postgresUrl'), inject('templateUrl'))
  const service = await startService(
    inject('workerDir'),
    {
      DATABASE_URL: asWorker(database.url),
      NEON_ENDPOINT: inject('endpointUrl'),
    },
    { clock },
  )
  return {
    database,
    service,
    [Symbol.asyncDispose]: async () => {
      await service.close()
      await database.drop()
    },
  }
}

/** Fast as its time is, on a busy machine the database may miss its deadline. */
const askInTime = ({ request }: Service) =>
  vi.waitFor(async () => {
    const answer = await request('GET', '/readyz')
    expect(answer.body).not.toMatchObject({ type: '/problems/database-unavailable' })
    return answer
  }, 30_000)

describe.for(['/livez', '/readyz'])('GET %s', (path) => {
  test('answers with the version', async ({ service }) => {
    const answer = await service.request('GET', path)

    expect(answer).toMatchObject({
      status: 200,
      body: { status: 'ok', version, versionId: expect.any(String) },
    })
  })
})

const mismatch = { status: 503, body: { type: '/problems/database-mismatch' } }

const migrations = 'drizzle.__drizzle_migrations'
const newest = `created_at = (select max(created_at) from ${migrations})`

const [before, needed] = entries.slice(-2).map(({ tag }) => tag)

describe('GET /readyz', () => {
  test.for([
    ['behind the code', `delete from ${migrations} where ${newest}`, before],
    [
      'behind the code, at a migration of another history',
      `update ${migrations} set created_at = created_at - 1`,
      'an unknown one',
    ],
    ['without any migration', `truncate ${migrations}`, 'none'],
    ['without the table of migrations', `drop schema drizzle cascade`, 'none that it shows'],
    [
      'whose migrations the Worker may not see',
      `revoke all on ${migrations} from edge_users_worker`,
      'none that it shows',
    ],
  ] as const)('refuses a database %s, and names both migrations', async ([, change, found]) => {
    await using own = await startOwnService()
    await own.database.query(change)

    const answer = await own.service.request('GET', '/readyz')

    expect(answer).toMatchObject({
      status: 503,
      body: {
        type: '/problems/database-behind',
        detail: `This version needs the migration ${needed}, and the newest of the database is ${found}.`,
      },
    })
    expect(answer.text).not.toMatch(/drizzle|edge_users|relation|permission/)
  })

  test('is ready again a moment after it was mended', async () => {
    await using own = await startOwnService(fast)
    await own.database.query('alter table users rename email to mail')
    const answer = await askInTime(own.service)
    expect(answer).toMatchObject(mismatch)
    expect(answer.headers.get('Retry-After')).toBe('2')
    expect(answer.text).not.toMatch(/users|email|relation|permission/)
    expect(own.service.logs().join('\n')).toContain('"reason":"missing-column users.email"')

    await own.database.query('alter table users rename mail to email')

    await expect
      .poll(async () => (await own.service.request('GET', '/readyz')).status, { timeout: 30_000 })
      .toBe(200)
  })

  test('takes a database that is ahead, as it is after a rollback', async () => {
    await using own = await startOwnService()
    await own.database.query(
      `insert into ${migrations} (hash, created_at) values ('later', ${Date.now() + 3_600_000})`,
    )

    expect(await own.service.request('GET', '/readyz')).toMatchObject({ status: 200 })
  })

  test('is ready a moment after the migration', async () => {
    await using own = await startOwnService(fast)
    const [row] = await own.database.query(`delete from ${migrations} where ${newest} returning *`)
    expect(await own.service.request('GET', '/readyz')).toMatchObject({ status: 503 })

    await own.database.query(
      `insert into ${migrations} select ($1::jsonb ->> 'id')::int, $1::jsonb ->> 'hash', ($1::jsonb ->> 'created_at')::bigint`,
      [row],
    )

    await expect
      .poll(async () => (await own.service.request('GET', '/readyz')).status, { timeout: 30_000 })
      .toBe(200)
  })

  test('asks the database once for many probes', async ({ database }) => {
    let statements = 0
    const onStatement = () => {
      statements += 1
    }
    const endpoint = await startEndpoint({ postgresUrl: inject('postgresUrl'), onStatement })
    const service = await startService(
      inject('workerDir'),
      {
        DATABASE_URL: database.url,
        NEON_ENDPOINT: endpoint.url,
      },
      { clock: slow },
    )

    await service.request('GET', '/readyz')
    await Promise.all(Array.from({ length: 20 }, () => service.request('GET', '/readyz')))
    await service.close()
    await endpoint.close()

    expect(statements).toBe(1)
  })
})
