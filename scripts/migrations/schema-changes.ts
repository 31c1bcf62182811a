import { glob } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { CommandError } from '../command/command.ts'
import '../command/quick-imports.ts'
import { defaultsAreWritable } from './default-values.ts'
import { generateMigration } from './drizzle-kit-api.ts'
import { asksAboutRenames } from './rename-questions.ts'
import { nothing, readSteps, type Snapshot, snapshotOf } from './snapshots.ts'

export type SchemaChange = {
  before: Snapshot
  after: Snapshot
  /** Whether only a person can say what is renamed. */
  isAmbiguous: boolean
}

/** The last snapshot, and what the tables in `src/` are now. Throws CommandError. */
export async function readSchemaChange(folder?: string): Promise<SchemaChange> {
  const before = (await readSteps(folder)).at(-1)?.after ?? nothing()
  const tables = await loadTables()
  await defaultsAreWritable(tables)
  const after = snapshotOf(tables, before.id)
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
    'The tables in src/ have changes that no migration makes: ' +
      `run \`npm run db:generate -- --name NAME\`. ${what}`,
  )

/** Every table, as drizzle.config.ts finds them. */
export async function loadTables(folder = '.'): Promise<Record<string, unknown>> {
  const files = await Array.fromAsync(glob('src/*/table.ts', { cwd: folder }))
  const tables = await Promise.all(files.sort().map((file) => loadFile(folder, file)))
  return Object.fromEntries(tables.flat())
}

async function loadFile(folder: string, file: string): Promise<[string, unknown][]> {
  try {
    const exported: object = await import(pathToFileURL(resolve(folder, file)).href)
    return Object.entries(exported).map(([name, table]) => [`${file} ${name}`, table])
  } catch (error) {
    throw new CommandError(
      `${file} cannot be loaded: ${error instanceof Error ? error.message : error}`,
    )
  }
}
