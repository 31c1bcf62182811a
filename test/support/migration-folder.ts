import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The SQL of each migration by its tag, in order. `when` counts up from 1 unless it is given. */
export type MigrationFiles = Readonly<Record<string, string | { sql: string; when: number }>>

/** Makes `directory/drizzle` a folder of migrations as drizzle-kit writes one, less its snapshots. */
export async function writeMigrations(directory: string, files: MigrationFiles): Promise<string> {
  const folder = join(directory, 'drizzle')
  await rm(folder, { recursive: true, force: true })
  await mkdir(join(folder, 'meta'), { recursive: true })
  const entries = Object.entries(files).map(([tag, file], idx) => ({
    idx,
    version: '7',
    when: typeof file === 'string' ? idx + 1 : file.when,
    tag,
    breakpoints: true,
  }))

  for (const [tag, file] of Object.entries(files)) {
    await writeFile(join(folder, `${tag}.sql`), typeof file === 'string' ? file : file.sql)
  }
  await writeFile(
    join(folder, 'meta', '_journal.json'),
    JSON.stringify({ version: '7', dialect: 'postgresql', entries }),
  )
  return folder
}
