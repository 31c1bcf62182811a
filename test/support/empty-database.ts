import { randomUUID } from 'node:crypto'
import pg from 'pg'

export type EmptyDatabase = {
  url: string
  query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>
  /** A session of one's own, which `drop` ends. */
  connect(): Promise<pg.Client>
  /** Makes it as it was, which costs less than another one. */
  empty(): Promise<void>
  drop(): Promise<void>
}

/** A database without anything in it. */
export async function createEmptyDatabase(postgresUrl: string): Promise<EmptyDatabase> {
  const name = `empty_${randomUUID().replaceAll('-', '')}`
  const url = Object.assign(new URL(postgresUrl), { pathname: `/${name}` }).href
  const server = await open(postgresUrl)
  await server.query(`create database ${name}`)
  const client = await open(url)

  return {
    url,
    query: async (sql, values) => (await client.query(sql, values)).rows,
    connect: () => open(url),
    empty: async () => {
      await client.query(emptied)
      await server.query(`alter database ${name} reset all`)
    },
    drop: async () => {
      await client.end()
      await server.query(`drop database ${name} with (force)`)
      await server.end()
    },
  }
}

const emptied = `
  select pg_terminate_backend(pid, 5000) from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend';
  do $$
  declare name text;
  begin
    for name in
      select quote_ident(nspname) from pg_namespace
      where nspname not like 'pg\\_%' and nspname <> 'information_schema'
    loop
      execute 'drop schema ' || name || ' cascade';
    end loop;
  end $$;
  create schema public authorization pg_database_owner;
  comment on schema public is 'standard public schema';
  grant usage on schema public to public`

async function open(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  // Dropping the database ends the sessions that a test has left open.
  client.on('error', () => {})
  await client.connect()
  return client
}
