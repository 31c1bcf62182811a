import { CommandError, exitCodes } from '../command/command.ts'
import type { Migration } from './files.ts'
import { isSafeToRepeat } from './repeatable.ts'
import { splitStatements } from './split-statements.ts'

/**
 * Of migrations that no database has yet. What has run is not judged again: it could not be changed.
 *
 * Throws CommandError.
 */
export function areFitToRun(migrations: readonly Migration[]): void {
  everyFileIsFilled(migrations)
  noneIsFromTheFuture(migrations)
  markersAreFirst(migrations)
  everyFileAloneIsSafeToRepeat(migrations)
}

/** What is written into a file once it is recorded would count as an edit, and never run. */
function everyFileIsFilled(migrations: readonly Migration[]): void {
  const empty = migrations.find(
    ({ statements }) => statements.flatMap(splitStatements).length === 0,
  )
  if (empty) {
    throw broken(`${empty.tag}.sql has no statement yet. Write it, or remove the migration.`)
  }
}

/** Clocks differ. */
const dayMs = 86_400_000

/** Until its moment has come, every migration that is generated would be older than it. */
export function noneIsFromTheFuture(
  migrations: readonly Pick<Migration, 'tag' | 'when'>[],
  toleranceMs = dayMs,
): void {
  const now = Date.now()
  const late = migrations.find(({ when }) => when > now + toleranceMs)
  if (late) {
    throw broken(
      `${late.tag} is dated ${new Date(late.when).toISOString()}, in the future: a clock was wrong, here or where it ` +
        'was generated. No later migration could follow it. Set its `when` in meta/_journal.json to ' +
        `now (${now}), and where a database has it already, its created_at in ` +
        'drizzle.__drizzle_migrations too.',
    )
  }
}

const marker = /^[^\S\n]*(?:--|\/\*)\s*migrat(?:e|ion)\s*:\s*no[-_ ]?transaction\b/im

/** Elsewhere, or in other letters, it would say nothing, and nobody would notice. */
function markersAreFirst(migrations: readonly Migration[]): void {
  for (const { tag, text, isTransactional } of migrations) {
    const found = isTransactional ? marker.exec(text) : null
    if (found) {
      const line = text.slice(0, found.index).split('\n').length
      throw broken(
        `${tag} has its \`${found[0].trim()}\` in line ${line}. Only a first line that begins with ` +
          '`-- migrate:no-transaction` counts: move it there, and comments below it.',
      )
    }
  }
}

/** Such a file runs twice when the connection breaks before it is recorded. */
function everyFileAloneIsSafeToRepeat(migrations: readonly Migration[]): void {
  const unsafe = migrations.find(
    ({ isTransactional, statements }) =>
      !isTransactional && !statements.flatMap(splitStatements).every(isSafeToRepeat),
  )
  if (unsafe) {
    throw broken(
      `${unsafe.tag} runs without a transaction, and its statement is not safe to repeat: when the ` +
        'connection breaks before it is recorded, it runs again. Take out the line ' +
        '`-- migrate:no-transaction`, or write it so that a second run changes nothing: if not ' +
        'exists, on conflict do nothing, where … is null.',
    )
  }
}

const broken = (message: string) => new CommandError(message, exitCodes.history)
