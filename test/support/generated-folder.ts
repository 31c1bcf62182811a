import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generateMigration } from '../../scripts/migrations/drizzle-kit-api.ts'
import { outsideTransaction } from '../../scripts/migrations/generated-file.ts'
import { nothing, snapshotOf } from '../../scripts/migrations/snapshots.ts'
import { writeMigrations } from './migration-folder.ts'

/** The tables after each migration, by its tag. What leaves them as they were is a `--custom` one. */
export type Stages = Readonly<Record<string, Record<string, unknown>>>

/** Makes `directory/drizzle` the folder that `drizzle-kit generate` makes, stage by stage. */
export async function writeGenerated(directory: string, stages: Stages): Promise<string> {
  const files: Record<string, string> = {}
  const snapshots = [nothing()]

  for (const [tag, tables] of Object.entries(stages)) {
    const before = snapshots.at(-1) ?? nothing()
    const after = snapshotOf(tables, before.id)
    const statements = await generateMigration(before, after)
    files[tag] =
      outsideTransaction(statements.join('--> statement-breakpoint\n')) || '-- By hand.\nselect 1;'
    snapshots.push(after)
  }
  const folder = await writeMigrations(directory, files)
  for (const [index, tag] of Object.keys(stages).entries()) {
    const name = `${tag.slice(0, 4)}_snapshot.json`
    await writeFile(join(folder, 'meta', name), JSON.stringify(snapshots[index + 1]))
  }
  return folder
}
