import type pg from 'pg'
import { CommandError } from '../command/command.ts'
import { inSession } from '../postgres/connection.ts'
import { defaultLockWaitMs } from './apply.ts'
import type { Migration } from './files.ts'
import { compareFingerprints, describeDifference, readFingerprint } from './fingerprint.ts'
import { createTable, lockHistory, migrationsTable, readApplied, record } from './history.ts'
import { beginAsOnlyRunner } from './lock.ts'
import { buildFingerprint } from './scratch.ts'

/**
 * Writes these migrations into drizzle's table without running them, when the database has exactly
 * what they make; grants are not compared. Throws CommandError.
 */
export const stamp = (
  url: string,
  migrations: readonly Migration[],
  stop: AbortSignal,
): Promise<void> =>
  inSession(url, async (client) => {
    await requireNew(client)
    await requireSame(url, client, migrations, stop)
    await recordAll(client, migrations)
  })

async function requireNew(client: pg.Client): Promise<void> {
  const { length } = await readApplied(client)
  if (length > 0) {
    throw new CommandError(
      `${migrationsTable} has ${length} ${length === 1 ? 'row' : 'rows'} already. Only a ` +
        'database that has never been migrated can be stamped: run `npm run db:status`.',
    )
  }
}

async function requireSame(
  url: string,
  client: pg.Client,
  migrations: readonly Migration[],
  stop: AbortSignal,
): Promise<void> {
  const wanted = await buildFingerprint(url, migrations, stop)
  const differences = compareFingerprints(await readFingerprint(client), wanted).filter(
    ({ isNote }) => !isNote,
  )
  if (differences.length > 0) {
    throw new CommandError(
      `The database is not what the migrations up to ${migrations.at(-1)?.tag} make, and nothing ` +
        `was stamped:\n${differences.map(describeDifference).join('\n')}`,
    )
  }
}

async function recordAll(client: pg.Client, migrations: readonly Migration[]): Promise<void> {
  await beginAsOnlyRunner(client, defaultLockWaitMs)
  await client.query(createTable)
  await client.query(lockHistory)
  await requireNew(client)
  for (const { hash, when } of migrations) {
    await client.query(record, [hash, when])
  }
  await client.query('commit')
}
