import { Client, DatabaseError, escapeIdentifier } from 'pg'

const exists = 'SELECT FROM pg_database WHERE datname = $1'
// duplicate_database, and what its unique index says when two create it in the same moment.
const alreadyThere = ['42P04', '23505']

/** Creates the database unless it is there, also when others do the same at the same time. */
export async function createDatabase(url: string, name: string, template?: string): Promise<void> {
  // The server would cut a longer name off, and two tests could share a database unawares.
  if (Buffer.byteLength(name) > 63) {
    throw new TypeError(`The database name ${name} is longer than 63 bytes.`)
  }
  const from = template === undefined ? '' : ` TEMPLATE ${escapeIdentifier(template)}`
  await withClient(url, async (client) => {
    // Without this look, the common case would stand in the server's log as an error.
    const { rowCount } = await client.query(exists, [name])
    if (rowCount === 0) {
      // PostgreSQL itself waits up to five seconds for other sessions to leave the template.
      await client.query(`CREATE DATABASE ${escapeIdentifier(name)}${from}`).catch(ignoreExisting)
    }
  })
}

function ignoreExisting(error: unknown): void {
  if (!(error instanceof DatabaseError && alreadyThere.includes(error.code ?? ''))) {
    throw error
  }
}

/** Drops the database if it is there, and ends the sessions that use it. */
export async function dropDatabase(url: string, name: string): Promise<void> {
  const statement = `DROP DATABASE IF EXISTS ${escapeIdentifier(name)} WITH (FORCE)`
  await withClient(url, (client) => client.query(statement))
}

export async function withClient<Result>(
  url: string,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  // Unless the URL asks for TLS: PGSSLMODE of a shell is for other servers.
  const client = new Client({ connectionString: url, ssl: false })
  // A lost connection fails the query as well; an error event without a listener would be fatal.
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
