import { CommandError, exitCodes } from '../command/command.ts'
import { findDrift } from '../migrations/drift.ts'
import { migrationsFolder } from '../migrations/files.ts'
import { lintMigrations } from '../migrations/lint.ts'
import { readStatus } from '../migrations/status.ts'

export type Plan = {
  /** Tags, in order. */
  pending: string[]
}

/** What would be migrated, when that is safe. Changes nothing. Throws CommandError. */
export async function planMigrations(ownerUrl: string, stop: AbortSignal): Promise<Plan> {
  const { migrations, problem } = await readStatus(ownerUrl)
  if (problem !== undefined) {
    throw new CommandError(problem, exitCodes.history)
  }
  const pending = migrations.filter(({ state }) => state === 'pending').map(({ tag }) => tag)
  // What is applied can be mended no more.
  await lintMigrations(migrationsFolder, (tag) => pending.includes(tag))
  await refuseDrift(ownerUrl, stop)
  return { pending }
}

/** On what somebody changed by hand, a migration may do anything. */
async function refuseDrift(ownerUrl: string, stop: AbortSignal): Promise<void> {
  const { applied, differences } = await findDrift(ownerUrl, stop)
  // What stands in a database before its first migration is nobody's: an extension of the host's, say.
  if (applied > 0 && differences.length > 0) {
    throw new CommandError(
      `The database is not what its migrations make (npm run db:drift):\n${differences.join('\n')}`,
    )
  }
}
