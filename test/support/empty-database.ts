import { randomUUID } from 'node:crypto'
import pg from 'pg'

export type EmptyDatabase = {
  url: string
  query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>
  /** A session of one's own, which `drop` ends. */
  connect(): Promise<pg.Client>
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
    drop: async () => {
      await client.end()
      await server.query(`drop database ${name} with (force)`)
      await server.end()
    },
  }
}

async function open(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  // Dropping the database ends the sessions that a test has left open.
  client.on('error', () => {})
  await client.connect()
  return client
}
