import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { CommandError, exitCodes } from '../command/command.ts'
import { generateDrizzleJson } from './drizzle-kit-api.ts'
import { type Migration, migrationsFolder, readMigrations } from './files.ts'

const Named = z.record(z.string(), z.unknown())

/** What drizzle-kit remembers of the tables after a migration. Of the rest it checks the shape itself. */
const Snapshot = z.looseObject({
  id: z.string(),
  prevId: z.string(),
  tables: z.record(z.string(), z.looseObject({ columns: Named, policies: Named })),
  enums: Named,
  schemas: Named,
  sequences: Named,
  roles: Named,
  policies: Named,
  views: Named,
})
export type Snapshot = z.infer<typeof Snapshot>

/** A migration, and the tables before and after it. */
export type Step = { migration: Migration; before: Snapshot; after: Snapshot }

/**
 * The migrations with their snapshots, the last step last.
 *
 * Throws CommandError when the folder contradicts itself: beside the faults of readMigrations, a
 * snapshot that is missing, or that nobody's, or that does not continue the one before it.
 */
export async function readSteps(folder = migrationsFolder): Promise<Step[]> {
  const migrations = await readMigrations(folder)
  await everySnapshotIsListed(folder, migrations)

  const steps: Step[] = []
  for (const migration of migrations) {
    const before = steps.at(-1)?.after ?? nothing()
    const after = await readSnapshot(folder, migration)
    if (after.prevId !== before.id) {
      throw fork(migration, steps)
    }
    steps.push({ migration, before, after })
  }
  return steps
}

/** What drizzle-kit compares the first schema with. */
export const nothing = (): Snapshot => ({
  ...snapshotOf({}, ''),
  id: '00000000-0000-0000-0000-000000000000',
})

/** What `drizzle-kit generate` would remember of these tables. */
export const snapshotOf = (tables: Record<string, unknown>, prevId: string): Snapshot =>
  z.parse(Snapshot, generateDrizzleJson(tables, prevId, undefined, 'snake_case'))

const snapshotName = (tag: string) => `${tag.split('_')[0]}_snapshot.json`

async function everySnapshotIsListed(folder: string, migrations: readonly Migration[]) {
  const listed = migrations.map(({ tag }) => snapshotName(tag))
  const names = (await readdir(join(folder, 'meta'))).filter((name) => name !== '_journal.json')
  const orphan = names.find((name) => !listed.includes(name))
  const twice = migrations.find(({ tag }, index) => listed.indexOf(snapshotName(tag)) !== index)

  if (orphan !== undefined) {
    throw broken(`meta/${orphan} belongs to no migration of meta/_journal.json. Remove it.`)
  }
  if (twice) {
    throw broken(
      `${twice.tag} has the number of another migration. Remove its files and its entry in ` +
        'meta/_journal.json, and generate it again.',
    )
  }
}

async function readSnapshot(folder: string, { tag }: Migration): Promise<Snapshot> {
  const name = `meta/${snapshotName(tag)}`
  try {
    return z.parse(Snapshot, JSON.parse(await readFile(join(folder, name), 'utf8')))
  } catch {
    throw broken(
      `${name} of ${tag} is missing, or no snapshot of drizzle-kit. Restore it from git.`,
    )
  }
}

function fork({ tag }: Migration, steps: readonly Step[]): CommandError {
  return broken(
    `${tag} was not generated on top of ${steps.at(-1)?.migration.tag ?? 'an empty schema'}: two ` +
      'branches have met. Remove its .sql, its snapshot and its entry in meta/_journal.json, and ' +
      'generate it again.',
  )
}

const broken = (message: string) => new CommandError(message, exitCodes.history)
