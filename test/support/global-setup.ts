import { spawnSync } from 'node:child_process'
import { chmod, copyFile, cp, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEndpoint } from 'neon-local'
import type { TestProject } from 'vitest/node'
import { startTestServer } from '../../packages/neon-local/test/support/test-server.ts'
import { applyMigrations } from '../../scripts/migrations/apply.ts'
import { bundleOnce } from './cached-bundle.ts'
import { clearAtEnd } from './clear-at-end.ts'
import { makeTestRole } from './worker-role.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The template of every file's own database: nobody may have a session in it. */
    templateUrl: string
    /** Migrated and empty, for those who write nothing. */
    emptyUrl: string
    endpointUrl: string
    /** Holds the bundled Worker and its pages. */
    workerDir: string
  }
}

let stack: AsyncDisposableStack
const template = 'template_users'
const empty = 'empty_users'

/** One PostgreSQL, one Neon endpoint and one bundle for the whole run. */
export async function setup(project: TestProject): Promise<void> {
  stack = new AsyncDisposableStack()
  const folder = await makeTemporaryFolder()
  const parts = await Promise.allSettled([provideDatabase(project), provideWorker(project, folder)])
  for (const part of parts) {
    if (part.status === 'rejected') {
      throw part.reason
    }
  }
}

async function provideDatabase(project: TestProject): Promise<void> {
  const server = await startTestServer(stack)
  const { postgresUrl, superuserUrl } = server
  const endpoint = await startEndpoint({ postgresUrl })
  stack.defer(() => endpoint.close())
  const templateUrl = await server.createDatabase(template)
  await applyMigrations(templateUrl)
  await makeTestRole(templateUrl)
  const emptyUrl = await server.createDatabase(empty, template)

  project.provide('postgresUrl', postgresUrl)
  project.provide('superuserUrl', superuserUrl)
  project.provide('templateUrl', templateUrl)
  project.provide('emptyUrl', emptyUrl)
  project.provide('endpointUrl', endpoint.url)
}

async function provideWorker(project: TestProject, folder: string): Promise<void> {
  const workerDir = await mkdtemp(join(folder, 'worker-'))
  await bundleOnce(workerDir)
  await copyFile('wrangler.toml', join(workerDir, 'wrangler.toml'))
  await cp('dist/pages', join(workerDir, 'dist/pages'), { recursive: true })
  project.provide('workerDir', workerDir)
}

export const teardown = () => stack.disposeAsync()

/**
 * Everything temporary of the run, of the tests too, goes into this folder, which is removed at the
 * end: wrangler and killed commands leave theirs.
 */
async function makeTemporaryFolder(): Promise<string> {
  const folder = await makeFolder((await mayUseMemory()) ? memory : tmpdir())
  stack.defer(clearAtEnd(folder))
  process.env['TMPDIR'] = folder
  // Commands start in half the time when another has compiled their modules.
  process.env['NODE_COMPILE_CACHE'] = join(folder, 'compiled')
  return folder
}

async function makeFolder(parent: string): Promise<string> {
  const folder = await mkdtemp(join(parent, 'edge-users-test-'))
  // Open to all: for root, PostgreSQL runs as another user, and tests play one.
  await chmod(folder, 0o777)
  return folder
}

// A run writes some 1.6 GB, most of it clusters of a thousand files, which are removed soon after.
const memory = '/dev/shm'

/** Has room, and runs programs, which in a container it often may not. */
async function mayUseMemory(): Promise<boolean> {
  try {
    const { bavail, bsize } = await statfs(memory)
    return bavail * bsize > 4 * 2 ** 30 && (await runsPrograms(memory))
  } catch {
    return false
  }
}

async function runsPrograms(parent: string): Promise<boolean> {
  const folder = await mkdtemp(join(parent, 'edge-users-test-'))
  try {
    const program = join(folder, 'program')
    await writeFile(program, '#!/bin/sh\n', { mode: 0o700 })
    return spawnSync(program).status === 0
  } finally {
    await rm(folder, { recursive: true })
  }
}
