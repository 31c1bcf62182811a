import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { generateMigration } from 'drizzle-kit/api'
import * as z from 'zod/mini'
import { CommandError } from '../command.ts'
import { asksAboutRenames } from './rename-questions.ts'
import { nothing, readSteps, type Snapshot, snapshotOf } from './snapshots.ts'

export type SchemaChange = {
  before: Snapshot
  after: Snapshot
  /** Whether only a person can say what is renamed. */
  isAmbiguous: boolean
}

/** The last snapshot, and what `src/db/tables.ts` is now. Throws CommandError. */
export async function readSchemaChange(folder?: string): Promise<SchemaChange> {
  const before = (await readSteps(folder)).at(-1)?.after ?? nothing()
  const after = snapshotOf(await loadTables(), before.id)
  return { before, after, isAmbiguous: asksAboutRenames(before, after) }
}

/** What `drizzle-kit generate` would add is what somebody forgot to generate. */
export async function migrationsAreGenerated(folder?: string): Promise<void> {
  const { before, after, isAmbiguous } = await readSchemaChange(folder)
  if (isAmbiguous) {
    throw forgotten('Something was renamed, or one thing goes and another comes.')
  }
  const statements = await generateMigration(before, after)
  if (statements.length > 0) {
    throw forgotten(`Missing:\n${statements.join('\n')}`)
  }
}

const forgotten = (what: string) =>
  new CommandError(
    'src/db/tables.ts has changes that no migration makes: ' +
      `run \`npm run db:generate -- --name NAME\`. ${what}`,
  )

/** By its path, as drizzle.config.ts does it. */
export async function loadTables(file = 'src/db/tables.ts'): Promise<Record<string, unknown>> {
  try {
    const tables = await import(pathToFileURL(resolve(file)).href)
    return z.parse(z.record(z.string(), z.unknown()), { ...tables })
  } catch (error) {
    throw new CommandError(
      `src/db/tables.ts cannot be loaded: ${error instanceof Error ? error.message : error}`,
    )
  }
}
