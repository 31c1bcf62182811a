import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { migrationsFolder } from './files.ts'
import { splitStatements } from './split-statements.ts'

const concurrently = /^CREATE (?:UNIQUE )?INDEX CONCURRENTLY (?!IF NOT EXISTS)/

/**
 * The SQL of a file that builds one index concurrently, as the runner wants it: outside of a
 * transaction, and harmless when it runs twice. Any other SQL as it is.
 */
export const outsideTransaction = (sql: string): string =>
  sql.includes('--> statement-breakpoint')
    ? sql
    : sql.replace(concurrently, (start) => `-- migrate:no-transaction\n${start}IF NOT EXISTS `)

/** The names of the folder's files, and its journal, to go back to. */
export type Folder = { names: string[]; journal: string }

const journalFile = join(migrationsFolder, 'meta', '_journal.json')

export const readFolder = async (): Promise<Folder> => ({
  names: await readdir(migrationsFolder, { recursive: true }),
  journal: await readFile(journalFile, 'utf8'),
})

/** Finishes what drizzle-kit has written since `before`, and returns the tags of it. */
export async function finishFiles(before: Folder): Promise<string[]> {
  const names = (await namesSince(before)).filter((name) => name.endsWith('.sql'))
  for (const name of names) {
    const file = join(migrationsFolder, name)
    const sql = outsideTransaction(await readFile(file, 'utf8'))
    // What is appended to a comment without an end of line would be a comment.
    await writeFile(file, /--[^\n]*$/.test(sql) ? `${sql}\n` : sql)
  }
  return names.map((name) => name.replace(/\.sql$/, ''))
}

export const readStatements = async (tags: readonly string[]): Promise<string[]> =>
  (
    await Promise.all(
      tags.map((tag) =>
        readFile(join(migrationsFolder, `${tag}.sql`), 'utf8').then(splitStatements),
      ),
    )
  ).flat()

/** Takes back what drizzle-kit has written since `before`. */
export async function removeFiles(before: Folder): Promise<void> {
  for (const name of await namesSince(before)) {
    await rm(join(migrationsFolder, name))
  }
  await writeFile(journalFile, before.journal)
}

const namesSince = async ({ names }: Folder) =>
  (await readFolder()).names.filter((name) => !names.includes(name))
