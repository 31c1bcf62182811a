import { existsSync } from 'node:fs'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { runningFile, type Settings } from './settings.ts'

const prefix = 'wrangler-'

/**
 * A folder of this run's own below `dataDir`, for what wrangler does not always remove. It goes at
 * the end, and with it those of runs that were killed.
 */
export async function ownFolder(stack: AsyncDisposableStack, dataDir: string): Promise<string> {
  const folder = resolve(dataDir, `${prefix}${process.pid}`)

  await mkdir(folder, { recursive: true })
  for (const name of await readdir(dataDir)) {
    if (name.startsWith(prefix) && !isRunning(Number(name.slice(prefix.length)))) {
      await rm(join(dataDir, name), { recursive: true, force: true })
    }
  }
  stack.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }))
  return folder
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** The files that give wrangler its variables, later ones above earlier ones. */
export async function writeVariables(folder: string, settings: Settings): Promise<string[]> {
  const file = join(folder, 'worker.env')

  await writeFile(file, toEnvFile(settings), { mode: 0o600 })
  return existsSync('.dev.vars') ? ['.dev.vars', file] : [file]
}

/** Tells the other commands which database is served, while it is served. */
export async function publishSettings(
  stack: AsyncDisposableStack,
  dataDir: string,
  settings: Settings,
): Promise<void> {
  const file = runningFile(dataDir)

  await writeFile(file, toEnvFile(settings), { mode: 0o600 })
  stack.defer(() => rm(file, { force: true }))
}

/** A dollar sign, which wrangler would take for a variable's, means the same percent-encoded. */
const toEnvFile = ({ DATABASE_URL, NEON_ENDPOINT }: Settings) =>
  Object.entries({ DATABASE_URL, ...(NEON_ENDPOINT && { NEON_ENDPOINT }) })
    .map(([name, value]) => `${name}="${value.replaceAll('$', '%24')}"\n`)
    .join('')
