import { CommandError, exitCodes } from '../command/command.ts'
import { generateMigration } from './drizzle-kit-api.ts'
import { asksAboutRenames } from './rename-questions.ts'
import { readSteps, type Step } from './snapshots.ts'

/** In a generated file that had to be edited, with the reason: `-- migrate:edited NOT VALID first`. */
const edited = /^-- migrate:edited \S/m

/**
 * What drizzle-kit generated is what stands in the file, so that the snapshots tell the truth. Exempt
 * are files that say why they were edited, those of `--custom`, which change no snapshot, and those
 * about which drizzle-kit has asked.
 *
 * Throws CommandError.
 */
export async function migrationsAreReproducible(folder?: string): Promise<void> {
  for (const step of await readSteps(folder)) {
    await isReproducible(step)
  }
}

async function isReproducible({ migration, before, after }: Step): Promise<void> {
  const { tag, statements } = migration
  if (asksAboutRenames(before, after) || statements.some((text) => edited.test(text))) {
    return
  }
  const generated = await generateMigration(before, after)
  if (generated.length === 0) {
    return
  }
  const wanted = generated.map(essence)
  const found = statements.map(essence)
  const at = [...wanted, ''].findIndex((statement, index) => statement !== (found[index] ?? ''))

  if (at >= 0 && (at < wanted.length || found.length > wanted.length)) {
    throw new CommandError(
      `${tag}.sql is not what drizzle-kit generated for it: ${difference(wanted[at], found[at])}\n` +
        'Put the change into the table in src/ or into a migration of `db:generate -- --custom`, or ' +
        'give the reason in a line `-- migrate:edited REASON`.',
      exitCodes.history,
    )
  }
}

/** Without comments, and without what only lets a statement run twice. */
const essence = (statement: string) =>
  statement
    .replaceAll(/^\s*--.*(?:\n|$)/gm, '')
    .trim()
    .replace(/^(CREATE .*?)if not exists /i, '$1')

const difference = (wanted: string | undefined, found: string | undefined) =>
  `${wanted === undefined ? '' : `\n  generated: ${wanted}`}${
    found === undefined ? '' : `\n  in the file: ${found}`
  }`
