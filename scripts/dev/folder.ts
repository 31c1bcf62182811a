import { existsSync, readdirSync } from 'node:fs'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { scopes } from '../../src/resources.ts'
import { replacePrivateFile } from '../command/private-file.ts'
import { devVars, runningFile, type Settings } from '../command/settings.ts'
import { digestOf } from '../keys/key.ts'

const prefix = 'wrangler-'

/**
 * A folder of this run's own below `dataDir`, for what wrangler does not always remove. It goes at
 * the end, and with it those of runs that were killed.
 */
export async function ownFolder(stack: AsyncDisposableStack, dataDir: string): Promise<string> {
  const folder = resolve(dataDir, `${prefix}${process.pid}`)

  await mkdir(dataDir, { recursive: true })
  for (const name of await readdir(dataDir)) {
    if (name.startsWith(prefix) && !isRunning(pidOf(name))) {
      await rm(join(dataDir, name), { recursive: true, force: true })
    }
  }
  // Made here, and for this user alone: nobody has put anything into it.
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { mode: 0o700 })
  stack.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }))
  return folder
}

/** Whether an `npm run dev` with this folder is at work. */
export function isDevRunning(dataDir: string): boolean {
  try {
    return readdirSync(dataDir).some((name) => name.startsWith(prefix) && isRunning(pidOf(name)))
  } catch {
    return false
  }
}

const pidOf = (name: string) => Number(name.slice(prefix.length))

export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/**
 * The files that give wrangler its variables, later ones above earlier ones. The Worker answers
 * whoever shows `secret`. With a key it asks for credentials, and this key is good for everything.
 */
export async function writeVariables(
  folder: string,
  settings: Settings,
  secret: string,
  key: string | undefined,
): Promise<string[]> {
  const file = join(folder, 'worker.env')
  const auth = key
    ? `AUTH="keys"\nAPI_KEYS='${JSON.stringify([{ name: 'dev', digest: digestOf(key), scopes }])}'\n`
    : 'AUTH="open"\n'

  await replacePrivateFile(file, `${toEnvFile(settings)}DEV_SECRET="${secret}"\n${auth}`)
  return existsSync(devVars) ? [devVars, file] : [file]
}

/** Tells the other commands which database is served, and its owner's address, while it is served. */
export async function publishSettings(
  stack: AsyncDisposableStack,
  dataDir: string,
  settings: Settings & { DATABASE_URL_DIRECT: string },
): Promise<void> {
  const file = runningFile(dataDir)

  await replacePrivateFile(file, toEnvFile(settings))
  stack.defer(() => rm(file, { force: true }))
}

/** A dollar sign, which wrangler would take for a variable's, means the same percent-encoded. */
const toEnvFile = (settings: Settings) =>
  Object.entries(settings)
    .map(([name, value]) => (value ? `${name}="${value.replaceAll('$', '%24')}"\n` : ''))
    .join('')
