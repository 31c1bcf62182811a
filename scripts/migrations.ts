import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import { CommandError } from './command.ts'
import { explainConnectionError } from './connection-error.ts'

const migrationsFolder = fileURLToPath(new URL('../drizzle', import.meta.url))

/**
 * Applies what is pending, exactly as `drizzle-kit migrate` would: same files, same table. That
 * command itself prints nothing when the database is away or a statement fails.
 *
 * Throws CommandError, which holds no password.
 */
export async function applyMigrations(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })

  await client.connect().catch((error: unknown) => {
    throw explainConnectionError(error, url)
  })
  try {
    await migrate(drizzle(client), { migrationsFolder })
  } catch (error) {
    throw explainFailure(error)
  } finally {
    await client.end()
  }
}

/** Drizzle's own message repeats the whole statement; PostgreSQL's says what is wrong. */
function explainFailure(error: unknown): unknown {
  const cause = error instanceof Error ? error.cause : undefined

  return cause instanceof pg.DatabaseError
    ? new CommandError(
        `A migration failed, and nothing of it was kept: ${cause.message} (${cause.code}).`,
      )
    : error
}
