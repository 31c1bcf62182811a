import { createHmac } from 'node:crypto'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { startNear, startPostgres } from 'neon-local'
import { createDatabase } from '../../src/db/connection.ts'
import { compile } from '../../src/db/statement.ts'
import { causes, ServiceError } from '../../src/errors.ts'
import { users } from '../../src/users/table.ts'
import { CommandError } from '../command/command.ts'
import { configuredSettings, type Settings } from '../command/settings.ts'
import { applyMigrations } from '../migrations/apply.ts'
import { makeWorkerRole } from '../postgres/worker-role.ts'
import { addFirstUsers } from '../users/samples.ts'
import { publishSettings } from './folder.ts'
import { databaseName, preferredPorts, reachable } from './local-database.ts'

export type DevOptions = { dataDir: string; seed: boolean; logSql: boolean }

export type DevDatabase = {
  /** The Worker's. */
  settings: Settings
  /** For psql: that of the role that owns the tables, when this command has made it. */
  ownerUrl: string
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
  return useDatabase(await reachable(stack, configured, options.logSql))
}

async function startOwnDatabase(
  stack: AsyncDisposableStack,
  options: DevOptions,
): Promise<DevDatabase> {
  const dataDir = join(options.dataDir, 'postgres')
  const postgres = await startNear(preferredPorts.postgres, (port) =>
    startPostgres({ dataDir, port }),
  )
  stack.defer(() => postgres.close())

  const ownerUrl = await postgres.createDatabase(databaseName)
  await applyMigrations(ownerUrl)
  const DATABASE_URL = await makeWorkerRole(ownerUrl, 'worker', workerPassword(ownerUrl))
  const settings = await reachable(stack, { DATABASE_URL }, options.logSql)
  if (options.seed) {
    await seedIfEmpty(settings)
  }
  await publishSettings(stack, options.dataDir, { ...settings, DATABASE_URL_DIRECT: ownerUrl })
  const failed = postgres.exited.then(() => 'PostgreSQL has ended by itself.')
  return { settings, ownerUrl, failed }
}

/**
 * As secret as the owner's, and as lasting: a new one at each start would make every cursor void. It
 * leads to no other password.
 */
const workerPassword = (ownerUrl: string) =>
  createHmac('sha256', new URL(ownerUrl).password).update('worker').digest('base64url')

async function seedIfEmpty(settings: Settings): Promise<void> {
  const db = openClient(settings)
  const [first] = await db.run(compile(sql`select id from ${users} limit 1`))
  if (!first) {
    await addFirstUsers(db)
  }
}

/** A database that is not ours: it is neither migrated nor filled unasked. */
async function useDatabase(settings: Settings): Promise<DevDatabase> {
  const db = openClient(settings)
  try {
    const [[isMigrated] = []] = await db.run(
      compile(sql`select to_regclass('public.users') is not null`),
    )
    const hint = 'This database has no table `users` yet: run `npm run db:migrate`.'
    const ownerUrl = settings.DATABASE_URL
    return { settings, ownerUrl, failed: never, hint: isMigrated === 't' ? undefined : hint }
  } catch (error) {
    throw causes(error).some((cause) => cause instanceof ServiceError)
      ? new CommandError(
          `The database of DATABASE_URL at ${new URL(settings.DATABASE_URL).host} does not answer, ` +
            'or does not accept this user and password. Correct DATABASE_URL in .dev.vars or the ' +
            'environment, or remove it: then `npm run dev` starts a database of its own.',
        )
      : error
  }
}

const openClient = ({ DATABASE_URL, NEON_ENDPOINT }: Settings) =>
  createDatabase({ url: DATABASE_URL, endpoint: NEON_ENDPOINT })

const never = new Promise<never>(() => {})
