import { randomUUID } from 'node:crypto'
import pg from 'pg'

export type TestDatabase = {
  url: string
  query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>
  /** Removes every row of every table, and starts the ids at 1 again. */
  empty(): Promise<void>
  drop(): Promise<void>
}

/** In one statement, so that it does not matter which table refers to which. */
const truncateAll = `do $$ begin
  execute (select 'truncate ' || string_agg(oid::regclass::text, ', ') || ' restart identity'
           from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p'));
end $$`

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
      // A request that the test before did not wait for may hold a table that this one needs.
      await pool.query(truncateAll).catch((error: unknown) => {
        if (!isDeadlock(error)) {
          throw error
        }
        return pool.query(truncateAll)
      })
    },
    drop: async () => {
      await pool.end()
      await administer(postgresUrl, `drop database ${name} with (force)`)
    },
  }
}

const isDeadlock = (error: unknown) => error instanceof pg.DatabaseError && error.code === '40P01'

async function administer(postgresUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: postgresUrl })
  await client.connect()
  await client.query(sql).finally(() => client.end())
}
