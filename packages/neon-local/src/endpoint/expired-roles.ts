import { Client } from 'pg'

const timeoutMs = 1_000

/**
 * Whether a role is past its VALID UNTIL. PostgreSQL takes its password for wrong and says no more;
 * Neon's proxy knows the password itself, and passes that refusal on. False when nobody can say.
 */
export async function hasExpired(postgresUrl: string, user: string): Promise<boolean> {
  const client = new Client({
    connectionString: postgresUrl,
    ssl: false,
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
  })
  client.on('error', () => {})
  try {
    await client.connect()
    const expired = 'select from pg_catalog.pg_roles where rolname = $1 and rolvaliduntil < now()'
    const { rowCount } = await client.query(expired, [user])
    return rowCount === 1
  } catch {
    return false
  } finally {
    client.end().catch(() => {})
  }
}
