// Takes over ten seconds: PostgreSQL really ends the searches, after a second each.

import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { describe, expect, inject } from 'vitest'
import type { TestDatabase } from '../../support/database.ts'
import { fillUsers } from '../../support/fill-users.ts'
import { acceptKeys, testKey } from '../../support/keys.ts'
import { testWith } from '../../support/own-worker.ts'
import { ada } from '../../support/people.ts'
import { type Answer, type Service, startService } from '../../support/service.ts'
import { asWorker } from '../../support/worker-role.ts'

const [one, two] = [testKey('one'), testKey('two')]

/** Every piece of it stands in every name, so that no index rules one out. */
const slow = `${'a'.repeat(95)}baaaa`

const test = testWith(acceptKeys(one, two))
  .extend('slowUsers', { scope: 'file' }, async ({ database }) => {
    await database.query(
      fillUsers(
        `select repeat('a', 195) || 'baaa', n || '@example.com' from generate_series(1, 1000) n`,
      ),
    )
    // On the fastest machine too, a row takes the Worker's role 10 ms.
    await database.query(
      `create policy slow on users using (pg_sleep(0.01) is not null) with check (true);
       alter table users enable row level security`,
    )
    await database.query('vacuum analyze users')
  })
  // Not emptied, as `service` is.
  .extend('asOne', async ({ worker, slowUsers: _ }) => asking(worker, one.headers))
  .extend('asTwo', async ({ worker, slowUsers: _ }) => asking(worker, two.headers))

type Ask = (method: string, path: string, body?: unknown) => Promise<Answer>

const asking =
  (service: Service, headers: Record<string, string>): Ask =>
  (method, path, body) =>
    service.request(method, path, body, headers)

/** What the log tells of it. */
function lineOf(service: Service, { headers }: Answer) {
  const id = headers.get('X-Request-Id') ?? 'none'
  return JSON.parse(service.logs().find((line) => line.includes(id)) ?? '{}')
}

const tooBroad = { status: 422, body: { type: '/problems/search-too-broad' } }
const tooMany = { status: 429, body: { type: '/problems/too-many-searches' } }

describe('a search that takes long', () => {
  type Parts = { asOne: Ask; worker: Service; database: TestDatabase }
  const expectEnd = async (path: string, { asOne, worker, database }: Parts) => {
    const answer = await asOne('GET', path + slow)

    // Not in PostgreSQL either.
    expect(await runningSearches(database)).toBe(0)
    expect(answer).toMatchObject(tooBroad)
    expect(answer.text).toContain('Search for more characters')
    // PostgreSQL ends everything else of the Worker's after four.
    expect(lineOf(worker, answer).databaseMs).toBeLessThan(4_000)
  }

  test.for(['/users?count=exact&q='])(
    'is ended after a second: %s',
    (path, { asOne, worker, database }) => expectEnd(path, { asOne, worker, database }),
  )

  test.for(['/users?q=', '/users?sort=name&q=', '/users?sort=-email&limit=100&q='])(
    'is ended after a second: %s',
    { tags: ['slow'] },
    (path, { asOne, worker, database }) => expectEnd(path, { asOne, worker, database }),
  )

  test('is ended after a second as an export', { tags: ['slow'] }, ({ asOne, worker, database }) =>
    expectEnd('/users/export?q=', { asOne, worker, database }),
  )

  test('is not the end of the database for others', { tags: ['slow'] }, async ({
    asOne,
    asTwo,
  }) => {
    const searches: Promise<Answer>[] = []
    const others: Answer[] = []
    for (let round = 0; round < 10; round += 1) {
      searches.push(asOne('GET', `/users?q=${slow}&count=exact`), asOne('GET', `/users?q=${slow}`))
      await sleep(300)
      others.push(await asTwo('GET', '/users/1'))
      others.push(await asTwo('POST', '/users', { ...ada, email: `ada.${round}@example.org` }))
    }

    for (const { status } of others) {
      expect([200, 201]).toContain(status)
    }
    for (const { status } of await Promise.all(searches)) {
      expect([422, 429]).toContain(status)
    }
  })

  test('waits for no lock, and is not blamed for one', async ({
    asOne,
    worker,
    database,
    slowUsers: _,
  }) => {
    const locker = new pg.Client({ connectionString: database.url })
    await locker.connect()
    await locker.query('begin; lock table users')

    const answer = await asOne('GET', '/users?q=lovelace')
    await locker.end()

    expect(answer).toMatchObject({ status: 503, body: { type: '/problems/database-unavailable' } })
    // It is the wait for the lock that was ended, and not the statement.
    expect(lineOf(worker, answer)).toMatchObject({ reason: 'neon 400 55P03' })
  })
})

describe('the searches of one caller', () => {
  test('are few at once, whichever isolates they come from', async ({ asOne, asTwo, database }) => {
    const isolate = await startService(inject('workerDir'), {
      DATABASE_URL: asWorker(database.url),
      NEON_ENDPOINT: inject('endpointUrl'),
      ...acceptKeys(one, two),
    })
    const path = `/users?q=${slow}&count=exact`
    const elsewhere = asking(isolate, one.headers)

    const many = Array.from({ length: 10 }, () => [asOne('GET', path), elsewhere('GET', path)])
    const counts: number[] = []
    let areAnswered = false
    const answers = Promise.all(many.flat()).finally(() => {
      areAnswered = true
    })
    while (!areAnswered) {
      counts.push(await runningSearches(database))
      await endSearches(database)
      await sleep(25)
    }
    const ofTwo = await asTwo('GET', path)
    const refused = (await answers).filter(({ status }) => status === 429)
    await isolate.close()

    expect(Math.max(...counts)).toBeGreaterThan(0)
    expect(Math.max(...counts)).toBeLessThanOrEqual(4)
    expect(refused.length).toBeGreaterThan(0)
    for (const answer of refused) {
      expect(answer).toMatchObject(tooMany)
      expect(answer.headers.get('Retry-After')).toBe('1')
    }
    // Each had a place: they run until their second is over.
    expect([ofTwo, await asOne('GET', path)]).toMatchObject([tooBroad, tooBroad])
  })
})

/** Before PostgreSQL does it, after a second each. */
const endSearches = (database: TestDatabase) =>
  database.query(
    `select pg_cancel_backend(pid) from pg_stat_activity
     where datname = current_database() and state = 'active' and query like '%ilike%'
       and pid <> pg_backend_pid() and query_start < now() - interval '200 ms'`,
  )

async function runningSearches(database: TestDatabase): Promise<number> {
  const rows = await database.query(
    `select from pg_stat_activity
     where datname = current_database() and state = 'active' and query like '%ilike%'
       and pid <> pg_backend_pid()`,
  )
  return rows.length
}
