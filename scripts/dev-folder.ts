import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { runningFile, type Settings } from './settings.ts'

/** Writes what is served to where wrangler and the other commands find it, while it is served. */
export async function publishSettings(
  stack: AsyncDisposableStack,
  dataDir: string,
  settings: Settings,
): Promise<string[]> {
  const file = runningFile(dataDir)
  const lines = Object.entries(settings).map(([name, value]) => `${name}="${value}"\n`)

  await mkdir(dataDir, { recursive: true })
  await writeFile(file, lines.join(''), { mode: 0o600 })
  stack.defer(() => rm(file, { force: true }))
  return existsSync('.dev.vars') ? ['.dev.vars', file] : [file]
}

/** Empty now, whatever a killed run has left there, and gone at the end. */
export async function emptyFolder(stack: AsyncDisposableStack, folder: string): Promise<string> {
  const remove = () => rm(folder, { recursive: true, force: true })

  await remove()
  await mkdir(folder, { recursive: true })
  stack.defer(remove)
  return resolve(folder)
}
