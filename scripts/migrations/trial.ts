import { startPostgres } from 'neon-local'
import { NeonLocalError } from 'neon-local/errors'
import { CommandError } from '../command/command.ts'
import { applyAll } from './apply.ts'
import { FileFailure } from './file-failure.ts'
import { migrationsFolder, readMigrations } from './files.ts'
import { areFitToRun } from './fit-to-run.ts'
import { inScratch } from './scratch.ts'

type TrialOptions = {
  /** A PostgreSQL of this machine, if one is known. Otherwise one is started for the trial. */
  localUrl: string | undefined
  stop: AbortSignal
  folder?: string
}

/**
 * Runs the whole history on a scratch database, to see whether the new files run.
 *
 * Throws CommandError, with the mend where the fault is a known one of drizzle-kit, and the reason of
 * `stop` at Ctrl-C.
 */
export async function tryMigrations(
  tags: readonly string[],
  { localUrl, stop, folder = migrationsFolder }: TrialOptions,
): Promise<void> {
  const migrations = await readMigrations(folder)
  areFitToRun(migrations.filter(({ tag }) => tags.includes(tag)))

  await onServer(localUrl, stop, (url) =>
    inScratch(url, stop, (scratchUrl) => applyAll(scratchUrl, migrations, () => {})),
  ).catch((error: unknown) => {
    throw error instanceof FileFailure ? explain(error, tags) : error
  })
}

async function onServer(
  localUrl: string | undefined,
  stop: AbortSignal,
  work: (url: string) => Promise<void>,
): Promise<void> {
  if (localUrl !== undefined) {
    try {
      return await work(localUrl)
    } catch (error) {
      // Its role may not create databases, or it is not up: neither says anything of the files.
      if (error instanceof FileFailure || stop.aborted) {
        throw error
      }
    }
  }
  await using stack = new AsyncDisposableStack()
  const postgres = await startPostgres().catch((error: unknown) => {
    throw error instanceof NeonLocalError ? cannotTry(error.message) : error
  })
  stack.defer(() => postgres.close())
  await work(postgres.url)
}

const cannotTry = (reason: string) =>
  new CommandError(
    `The migration could not be tried: ${reason}\nStart \`npm run dev\` in another terminal, or set ` +
      'DATABASE_URL_DIRECT to a PostgreSQL of this machine whose role may create databases, and ' +
      'generate it again.',
  )

function explain(failure: FileFailure, tags: readonly string[]): CommandError {
  if (!tags.includes(failure.tag)) {
    return cannotTry(failure.message)
  }
  const mend = failure.code === undefined ? undefined : mends[failure.code]
  return new CommandError(mend === undefined ? failure.message : `${failure.message}\n${mend}`)
}

const exported =
  'drizzle-kit makes only what a src/<resource>/table.ts exports: export the enum, schema, sequence or ' +
  'role too.'

const asText = 'If this is a default, write it as SQL: .default(sql`…`).'

/** By SQLSTATE. */
const mends: Record<string, string> = {
  '42P02':
    'drizzle-kit writes a value in a check or an index as a parameter. Write the condition as SQL: ' +
    'sql`…` with the value in its text, in place of eq(…), gte(…) and the like.',
  '42704': exported,
  '3F000': exported,
  '42P01': exported,
  '55P04':
    'A value of an enum can be used only after the migration that adds it. Make two: generate one with ' +
    'the value alone, and then one that uses it.',
  '22P02': asText,
  '42601': asText,
}
