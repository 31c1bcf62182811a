import { CommandError, exitCodes } from '../command/command.ts'
import { readStatus } from './status.ts'

/** Throws CommandError when the database has not all migrations of the folder, or another history. */
export async function requireMigrated(url: string): Promise<void> {
  const { database, problem } = await readStatus(url)
  if (problem !== undefined) {
    throw new CommandError(problem, exitCodes.history)
  }
  if (database === 'behind') {
    throw new CommandError(
      'The database is behind: run `npm run db:migrate` first.',
      exitCodes.pending,
    )
  }
}
