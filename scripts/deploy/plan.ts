import { CommandError, exitCodes } from '../command/command.ts'
import { findDrift } from '../migrations/drift.ts'
import { migrationsFolder } from '../migrations/files.ts'
import { lintMigrations } from '../migrations/lint.ts'
import { readStatus } from '../migrations/status.ts'

export type Plan = {
  /** Tags, in order. */
  pending: string[]
}

/** Finds which migrations to apply, if that is safe. Changes nothing. Throws CommandError. */
export async function planMigrations(ownerUrl: string, stop: AbortSignal): Promise<Plan> {
  const { migrations, problem } = await readStatus(ownerUrl)
  if (problem !== undefined) {
    throw new CommandError(problem, exitCodes.history)
  }
  const pending = migrations.filter(({ state }) => state === 'pending').map(({ tag }) => tag)
  // A file cannot be corrected once it is applied.
  await lintMigrations(migrationsFolder, (tag) => pending.includes(tag))
  await refuseDrift(ownerUrl, stop)
  return { pending }
}

/** On a schema that somebody changed by hand, nobody knows what a migration would do. */
async function refuseDrift(ownerUrl: string, stop: AbortSignal): Promise<void> {
  const { applied, differences } = await findDrift(ownerUrl, stop)
  // Before the first migration a database may have things of its host, such as extensions.
  if (applied > 0 && differences.length > 0) {
    throw new CommandError(
      `The database is not what its migrations make (npm run db:drift):\n${differences.join('\n')}`,
    )
  }
}
