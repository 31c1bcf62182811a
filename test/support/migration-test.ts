import { join } from 'node:path'
import { test as base, inject } from 'vitest'
import { applyMigrations } from '../../scripts/migrations/apply.ts'
import { createEmptyDatabase } from './empty-database.ts'
import { type MigrationFiles, writeMigrations } from './migration-folder.ts'
import { linkProject } from './project.ts'

/** An empty `database`, and a `project` whose commands work on it, with migrations of the test's own. */
export const test = base
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('ownDatabase', { scope: 'file' }, async ({}, { onCleanup }) => {
    const database = await createEmptyDatabase(inject('postgresUrl'))
    onCleanup(() => database.drop())
    return database
  })
  .extend('database', async ({ ownDatabase }) => {
    await ownDatabase.empty()
    return ownDatabase
  })
  .extend('project', async ({ database }, { onCleanup }) => {
    const project = await linkProject()
    onCleanup(() => project.remove())
    const folder = join(project.directory, 'drizzle')
    return {
      ...project,
      folder,
      migrations: (files: MigrationFiles) => writeMigrations(project.directory, files),
      /** What `migrate` does, in this process. */
      apply: () => applyMigrations(database.url, { folder }),
      migrate: (...options: string[]) =>
        project.run('node', ['scripts/db/migrate.ts', ...options], { DATABASE_URL: database.url }),
    }
  })
