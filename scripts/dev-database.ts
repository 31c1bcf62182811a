import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { startEndpoint } from '../neon-local/endpoint.ts'
import { startPostgres } from '../neon-local/postgres.ts'
import { createDatabase } from '../src/db/client.ts'
import { users } from '../src/db/tables.ts'
import { CommandError } from './command.ts'
import { databaseName, logStatement, preferredPorts } from './local-database.ts'
import { applyMigrations } from './migrations.ts'
import { preferPort } from './ports.ts'
import { addFirstUsers } from './sample-users.ts'
import { configuredSettings, isLoopback, type Settings } from './settings.ts'

export type DevOptions = { dataDir: string; seed: boolean; logSql: boolean }

export type DevDatabase = {
  settings: Settings
  /** What ended by itself, as a sentence. A database that was there before is not watched. */
  failed: Promise<string>
  /** What the person at the terminal has still to do. */
  hint?: string | undefined
}

/** Opens the database that is configured, or starts one. `stack` closes what was started. */
export async function openDevDatabase(
  stack: AsyncDisposableStack,
  options: DevOptions,
): Promise<DevDatabase> {
  const configured = configuredSettings()

  if (!configured) {
    return startOwnDatabase(stack, options)
  }
  if (isLoopback(configured.DATABASE_URL) && !configured.NEON_ENDPOINT) {
    const NEON_ENDPOINT = await openEndpoint(stack, configured.DATABASE_URL, options)
    return useDatabase({ ...configured, NEON_ENDPOINT })
  }
  return useDatabase(configured)
}

async function startOwnDatabase(
  stack: AsyncDisposableStack,
  options: DevOptions,
): Promise<DevDatabase> {
  const postgres = await startPostgres({
    dataDir: join(options.dataDir, 'postgres'),
    ...(await preferPort(preferredPorts.postgres)),
  })
  stack.defer(() => postgres.close())

  const DATABASE_URL = await postgres.createDatabase(databaseName)
  const NEON_ENDPOINT = await openEndpoint(stack, DATABASE_URL, options)
  const settings = { DATABASE_URL, NEON_ENDPOINT }
  await applyMigrations(DATABASE_URL)
  if (options.seed) {
    await seedIfEmpty(settings)
  }
  const failed = postgres.exited.then(() => 'PostgreSQL has ended by itself.')
  return { settings, failed }
}

async function openEndpoint(
  stack: AsyncDisposableStack,
  postgresUrl: string,
  { logSql }: DevOptions,
): Promise<string> {
  const endpoint = await startEndpoint({
    postgresUrl,
    ...(await preferPort(preferredPorts.neon)),
    ...(logSql && { onStatement: logStatement }),
  })
  stack.defer(() => endpoint.close())
  return endpoint.url
}

async function seedIfEmpty(settings: Settings): Promise<void> {
  const db = openClient(settings)
  const [first] = await db.select({ id: users.id }).from(users).limit(1)
  if (!first) {
    await addFirstUsers(db)
  }
}

/** A database that is not ours: it is neither migrated nor filled unasked. */
async function useDatabase(settings: Settings): Promise<DevDatabase> {
  const db = openClient(settings)
  const isMigrated = sql<boolean>`to_regclass('public.users') is not null`
  try {
    const [row] = await db.select({ isMigrated }).from(sql`(values (1)) as one`)
    const hint = 'This database has no table `users` yet: run `npm run db:migrate`.'
    return { settings, failed: never, hint: row?.isMigrated ? undefined : hint }
  } catch {
    throw new CommandError(
      `The database of DATABASE_URL at ${new URL(settings.DATABASE_URL).host} does not answer, or ` +
        'does not accept this user and password. Correct DATABASE_URL in .dev.vars or the ' +
        'environment, or remove it: then `npm run dev` starts a database of its own.',
    )
  }
}

const openClient = ({ DATABASE_URL, NEON_ENDPOINT }: Settings) =>
  createDatabase({ url: DATABASE_URL, endpoint: NEON_ENDPOINT })

const never = new Promise<never>(() => {})
