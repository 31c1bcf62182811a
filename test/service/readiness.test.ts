import { getTableName } from 'drizzle-orm'
import pg from 'pg'
import { describe, expect, inject } from 'vitest'
import { tables } from '../../src/app.ts'
import { createDatabase } from '../../src/db/connection.ts'
import { createDatabaseCheck } from '../../src/health/check.ts'
import { cloneDatabase, type TestDatabase } from '../support/database.ts'
import { test as base } from '../support/shared-test.ts'
import { asWorker } from '../support/worker-role.ts'

const [firstTable] = Object.values(tables).map(getTableName).sort()

/** The check of `readyz` itself, without the two seconds for which its answer stands. */
async function check({ url }: TestDatabase): Promise<void> {
  const db = createDatabase({ url: asWorker(url), endpoint: inject('endpointUrl') })
  await createDatabaseCheck(db, [{ tag: '0000_first', when: 1 }], Object.values(tables), () => {})()
}

// biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
const test = base.extend('broken', async ({}, { onCleanup }) => {
  const database = await cloneDatabase(inject('postgresUrl'), inject('templateUrl'))
  onCleanup(() => database.drop())
  return database
})

describe('readiness', () => {
  type Case = readonly [what: string, change: string, reason: string]

  const oneOfEachKind: readonly Case[] = [
    [
      'without its idempotency keys',
      'drop table idempotency_keys',
      'missing-table idempotency_keys',
    ],
    [
      'whose column was renamed',
      'alter table users rename email to mail',
      'missing-column users.email',
    ],
    [
      'whose column has another type',
      'alter table users alter version drop default, alter version type text',
      'column-type users.version',
    ],
    [
      'with a column that the Worker does not fill',
      'alter table users add phone text not null',
      'required-column users',
    ],
    [
      'without the index that keeps emails unique',
      'drop index users_email_key',
      'missing-index users_email_key',
    ],
    [
      'whose index keeps nothing unique',
      'drop index users_email_key; create index users_email_key on users (lower(email collate "C"))',
      'missing-index users_email_key',
    ],
    [
      'whose rows the Worker does not see',
      'alter table users enable row level security',
      'row-security users',
    ],
    [
      'whose Worker may not change users',
      'revoke update on users from edge_users_worker',
      'missing-right users update',
    ],
  ]
  const others: readonly Case[] = [
    [
      'whose table was renamed',
      'alter table users rename to users_elsewhere',
      'missing-table users',
    ],
    [
      'whose schema the Worker may not use',
      'revoke usage on schema public from edge_users_worker, public',
      `missing-table ${firstTable}`,
    ],
    [
      'whose column was dropped',
      'alter table users drop updated_at',
      'missing-column users.updated_at',
    ],
    [
      'whose default was dropped',
      'alter table users alter created_at drop default',
      'required-column users',
    ],
    ['whose ids nobody makes', 'alter table users alter id drop identity', 'required-column users'],
    ...['users', 'idempotency_keys'].flatMap((table) =>
      ['select', 'insert', 'update', 'delete'].map(
        (right) =>
          [
            `whose Worker may not ${right} ${table}`,
            `revoke ${right} on ${table} from edge_users_worker`,
            `missing-right ${table} ${right}`,
          ] as const,
      ),
    ),
    [
      'without the index that keeps keys unique',
      'alter table idempotency_keys drop constraint idempotency_keys_pkey',
      'missing-index idempotency_keys_pkey',
    ],
  ]

  async function expectMismatch([, change, reason]: Case, broken: TestDatabase): Promise<void> {
    await expect(check(broken)).resolves.toBeUndefined()

    await broken.query(change)

    await expect(check(broken)).rejects.toMatchObject({ code: 'database-mismatch', reason })
  }

  test.for(oneOfEachKind)('refuses a database %s', (each, { broken }) =>
    expectMismatch(each, broken),
  )

  test.for(others)('refuses a database %s', { tags: ['slow'] }, (each, { broken }) =>
    expectMismatch(each, broken),
  )

  test('refuses a database that takes no writes', async ({ broken }) => {
    const { pathname } = new URL(broken.url)
    await broken.query(`alter database ${pathname.slice(1)} set default_transaction_read_only = on`)

    await expect(check(broken)).rejects.toMatchObject({
      code: 'database-unavailable',
      reason: 'read-only',
    })
  })

  test('tells a database that is behind from one that somebody has changed', async ({ broken }) => {
    await broken.query('truncate drizzle.__drizzle_migrations; alter table users drop updated_at')

    await expect(check(broken)).rejects.toMatchObject({ code: 'database-behind' })
  })

  test('waits for no lock of a migration', async ({ broken }) => {
    const migration = new pg.Client({ connectionString: broken.url })
    await migration.connect()
    await migration.query('begin; lock table users, idempotency_keys in access exclusive mode')

    await expect(check(broken)).resolves.toBeUndefined()

    await migration.end()
  })
})
