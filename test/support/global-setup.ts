import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startEndpoint } from '../../neon-local/endpoint.ts'
import { startPostgres } from '../../neon-local/postgres.ts'
import { bundleWorker } from '../../scripts/bundle.ts'
import { applyMigrations } from '../../scripts/migrations.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The superuser's connection string. */
    postgresUrl: string
    /** A migrated, empty database: the template of every file's own. */
    templateUrl: string
    endpointUrl: string
    /** Holds the bundled Worker. */
    workerDir: string
  }
}

let stack: AsyncDisposableStack

/** One PostgreSQL, one Neon endpoint and one bundle for the whole run. */
export async function setup(project: TestProject): Promise<void> {
  stack = new AsyncDisposableStack()
  const workerDir = await useTemporaryFolder()
  const postgres = await startPostgres()
  stack.defer(() => postgres.close())
  const endpoint = await startEndpoint({ postgresUrl: postgres.url })
  stack.defer(() => endpoint.close())

  const templateUrl = await postgres.createDatabase('template_users')
  await applyMigrations(templateUrl)
  await bundleWorker(workerDir)

  project.provide('postgresUrl', postgres.url)
  project.provide('templateUrl', templateUrl)
  project.provide('endpointUrl', endpoint.url)
  project.provide('workerDir', workerDir)
}

export const teardown = () => stack.disposeAsync()

/**
 * Everything temporary of the run, of the tests too, goes into one folder, which is removed at the
 * end: wrangler and killed commands leave theirs. Gives a folder in it for the Worker.
 */
async function useTemporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'edge-users-test-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  // For root, PostgreSQL runs as another user, who must get through to its data.
  await chmod(folder, 0o711)
  process.env['TMPDIR'] = folder
  return mkdtemp(join(folder, 'worker-'))
}
