import pg from 'pg'
import { describe, expect } from 'vitest'
import { applyMigrations } from '../../scripts/migrations/apply.ts'
import { test as base } from '../support/migration-test.ts'
import { poolTransactions } from '../support/transaction-pooler.ts'

const test = base.extend('pooledUrl', async ({ database }, { onCleanup }) => {
  const pooler = await poolTransactions(Number(new URL(database.url).port))
  onCleanup(() => pooler.close())
  return Object.assign(new URL(database.url), { port: String(pooler.port) }).href
})

const recorded = 'select 1 from drizzle.__drizzle_migrations'

const files = {
  '0000_table': 'create table seen (file int);',
  ...Object.fromEntries(
    Array.from({ length: 10 }, (_, n) => [
      `${String(n + 1).padStart(4, '0')}_insert`,
      `insert into seen select ${n} from pg_sleep(0.01);`,
    ]),
  ),
  '0011_index': '-- migrate:no-transaction\ncreate index concurrently seen_idx on seen (file);',
}

describe('through a transaction pooler, whatever its host name,', () => {
  test('runners at once apply each file once', async ({ database, pooledUrl, project }) => {
    const folder = await project.migrations(files)
    const tags: string[] = []
    const run = () => applyMigrations(pooledUrl, { folder, onApplied: (tag) => tags.push(tag) })

    await Promise.all([run(), run(), run()])
    // No lock is left in a session that the next runner does not meet.
    await run()

    expect(tags).toEqual(Object.keys(files))
    expect(await database.query('select file from seen order by 1')).toEqual(
      Array.from({ length: 10 }, (_, file) => ({ file })),
    )
    expect(await database.query(recorded)).toHaveLength(12)
  })

  test('a file without a transaction does not run without its timeouts', async ({
    database,
    pooledUrl,
    project,
  }) => {
    const folder = await project.migrations({
      '0000_alone': '-- migrate:no-transaction\ncreate table if not exists seen ();',
    })
    const other = new pg.Client({ connectionString: pooledUrl })
    await other.connect()

    const applied = applyMigrations(pooledUrl, { folder })

    await expect(applied).rejects.toThrow(/^This connection does not keep its lock_timeout: /)
    await other.end()
    expect(await database.query(`select to_regclass('seen') as seen`)).toEqual([{ seen: null }])
    expect(await database.query(recorded)).toEqual([])
  })
})
