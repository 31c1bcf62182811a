import { CommandError } from '../command/command.ts'
import { inSession } from '../postgres/connection.ts'
import { type Migration, readMigrations } from './files.ts'
import { type Applied, pending, readApplied } from './history.ts'

export type Status = {
  database: 'up to date' | 'behind' | 'different'
  migrations: { tag: string; when: string; state: 'applied' | 'edited' | 'pending' }[]
  /** In what way the histories differ, as a sentence with its mend. */
  problem?: string
}

/** Where the database stands. Changes nothing in it. Throws CommandError. */
export async function readStatus(url: string, folder?: string): Promise<Status> {
  const migrations = await readMigrations(folder)
  return compareHistories(migrations, await inSession(url, readApplied))
}

/** What the folder has against what the database has. */
export function compareHistories(
  migrations: readonly Migration[],
  applied: readonly Applied[],
): Status {
  const states = migrations.map(({ tag, when, hash }) => {
    const row = applied.find((each) => each.when === when)
    const state: Status['migrations'][number]['state'] = !row
      ? 'pending'
      : row.hash === hash
        ? 'applied'
        : 'edited'
    return { tag, when: new Date(when).toISOString(), state }
  })
  try {
    const { length } = pending(migrations, applied)
    return { database: length === 0 ? 'up to date' : 'behind', migrations: states }
  } catch (error) {
    if (error instanceof CommandError) {
      return { database: 'different', migrations: states, problem: error.message }
    }
    throw error
  }
}
