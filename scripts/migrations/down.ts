import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { CommandError, exitCodes } from '../command/command.ts'
import { inSession } from '../postgres/connection.ts'
import { defaultLockWaitMs, defaultTimeouts } from './apply.ts'
import { readSql } from './file-text.ts'
import { bare, type Migration, migrationsFolder, readMigrations } from './files.ts'
import { migrationsTable, pending, readApplied } from './history.ts'
import { runInOneTransaction } from './one-transaction.ts'
import { splitStatements } from './split-statements.ts'
import { endsTransaction, worksConcurrently } from './transaction-rules.ts'

/**
 * Undoes the newest applied migration with the `.down.sql` beside it, and returns its tag.
 *
 * Throws CommandError when there is none, or it fails: then nothing of it is kept.
 */
export async function undoLast(url: string, folder = migrationsFolder): Promise<string> {
  const migrations = await readMigrations(folder)

  return inSession(url, async (client) => {
    const findLast = async () => {
      const rest = pending(migrations, await readApplied(client))
      return migrations.filter((migration) => !rest.includes(migration)).at(-1)
    }
    const last = await findLast()
    if (!last) {
      throw new CommandError('No migration is applied, so there is nothing to undo.')
    }
    const isUndone = await runInOneTransaction(client, await readDownFile(folder, last), {
      lockWaitMs: defaultLockWaitMs,
      timeouts: defaultTimeouts,
      isDue: async () => (await findLast()) === last,
      last: {
        text: `delete from ${migrationsTable} where created_at = $1`,
        values: [last.when],
      },
    })
    if (!isUndone) {
      throw new CommandError(
        `${last.tag} is no longer the last one: another runner was at work. Run this again.`,
        exitCodes.locked,
      )
    }
    return last.tag
  })
}

async function readDownFile(folder: string, { tag }: Migration) {
  const name = `${tag}.down.sql`
  const file = join(folder, name)
  if (!existsSync(file)) {
    throw new CommandError(
      `${tag} cannot be undone: there is no drizzle/${name}. Write one that takes back what the ` +
        'migration did, or add a migration that does.',
    )
  }
  const text = await readSql(file)
  const chunks = text.split('--> statement-breakpoint').filter((chunk) => bare(chunk) !== '')
  const statements = chunks.flatMap(splitStatements)

  if (endsTransaction(statements) || worksConcurrently(statements)) {
    throw new CommandError(
      `${name} begins or ends a transaction of its own, or works on an index concurrently. It runs ` +
        'in one transaction, so that a failure leaves nothing behind: take that out.',
      exitCodes.history,
    )
  }
  return { tag: name, statements: chunks }
}
