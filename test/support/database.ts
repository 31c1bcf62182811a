import { randomUUID } from 'node:crypto'
import pg from 'pg'

export type TestDatabase = {
  url: string
  query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>
  /** Removes every user and starts the ids at 1 again. */
  empty(): Promise<void>
  drop(): Promise<void>
}

/** A database of one's own, cloned from the migrated template. */
export async function cloneDatabase(
  postgresUrl: string,
  templateUrl: string,
): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  const template = new URL(templateUrl).pathname.slice(1)
  const url = Object.assign(new URL(postgresUrl), { pathname: `/${name}` }).href

  await administer(postgresUrl, `create database ${name} template ${template}`)
  const pool = new pg.Pool({ connectionString: url, max: 2, idleTimeoutMillis: 0 })
  // A test may stop the server under an idle connection: that is no failure of the test.
  pool.on('error', () => {})

  return {
    url,
    query: async (sql, values) => (await pool.query(sql, values)).rows,
    empty: async () => {
      await pool.query('truncate users, idempotency_keys restart identity')
    },
    drop: async () => {
      await pool.end()
      await administer(postgresUrl, `drop database ${name} with (force)`)
    },
  }
}

async function administer(postgresUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: postgresUrl })
  await client.connect()
  await client.query(sql).finally(() => client.end())
}
