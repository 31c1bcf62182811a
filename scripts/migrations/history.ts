import { createHash } from 'node:crypto'
import type { ClientBase } from 'pg'
import { CommandError, exitCodes } from '../command/command.ts'
import type { Migration } from './files.ts'

/** A row of drizzle's own table, so that `drizzle-kit migrate` and this runner take turns freely. */
export type Applied = { hash: string; when: number }

export const migrationsTable = 'drizzle.__drizzle_migrations'

/** What was applied, oldest first; nothing when there is no table yet. Changes nothing. */
export async function readApplied(client: ClientBase): Promise<Applied[]> {
  const { rows } = await client.query(`select to_regclass('${migrationsTable}') as table`)
  if (rows[0].table === null) {
    return []
  }
  const applied = await client.query<{ hash: string; created_at: string }>(
    `select hash, created_at from ${migrationsTable} order by created_at, id`,
  )
  return applied.rows.map(({ hash, created_at }) => ({ hash, when: Number(created_at) }))
}

/** As drizzle-kit makes it. */
export const createTable = `create schema if not exists drizzle;
create table if not exists ${migrationsTable}
  (id serial primary key, hash text not null, created_at bigint);`

/** Until the end of the transaction nobody else records a migration; the Worker still reads. */
export const lockHistory = `lock table ${migrationsTable} in share row exclusive mode`

export const record = `insert into ${migrationsTable} (hash, created_at) values ($1, $2)`

/**
 * Which migrations are still to run.
 *
 * Throws CommandError when the database and the folder tell different histories: then nothing may run.
 */
export function pending(
  migrations: readonly Migration[],
  applied: readonly Applied[],
): Migration[] {
  const head = applied.at(-1)?.when ?? Number.NEGATIVE_INFINITY

  for (const { when, hash } of applied) {
    const migration = migrations.find((each) => each.when === when)
    if (!migration) {
      throw unknown(when, migrations.at(-1))
    }
    if (migration.hash !== hash) {
      throw edited(migration, hash)
    }
  }

  applied.forEach(({ when }, index) => {
    if (applied[index - 1]?.when === when) {
      const tag = migrations.find((each) => each.when === when)?.tag
      throw different(
        `${tag} stands twice in ${migrationsTable}: it was applied by two runners at once. Look ` +
          'at what it did twice, then delete one of the rows.',
      )
    }
  })
  const rest = migrations.filter(({ when }) => !applied.some((row) => row.when === when))
  const late = rest.find(({ when }) => when < head)
  if (late) {
    throw different(
      `${late.tag} is older than what the database has already, so drizzle-kit would skip it for ` +
        'ever. Remove it with its snapshot, and generate it again.',
    )
  }
  return rest
}

function edited({ tag, when, hash, text }: Migration, applied: string): CommandError {
  const onWindows = createHash('sha256').update(text.replaceAll('\n', '\r\n')).digest('hex')
  return different(
    applied === onWindows
      ? `${tag}.sql was applied with the line ends of Windows, and git keeps it without them. Its ` +
          `statements are the same, so correct the record: update ${migrationsTable} set hash = ` +
          `'${hash}' where created_at = ${when}`
      : `${tag}.sql was edited after it was applied. Restore it from git, and put the change into ` +
          'a migration of its own.',
  )
}

function unknown(when: number, last: Migration | undefined): CommandError {
  const date = new Date(when).toISOString()

  return when > (last?.when ?? 0)
    ? different(
        `The database is ahead of this checkout: it has a migration of ${date}, and the last one ` +
          `here is ${last?.tag ?? 'none'}. Check out the newer code.`,
      )
    : different(
        `The database has a migration of ${date} that this folder has not. Restore its file and ` +
          'its entry in meta/_journal.json from git.',
      )
}

const different = (message: string) => new CommandError(message, exitCodes.history)
