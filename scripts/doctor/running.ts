import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defaultDataDir } from '../command/settings.ts'
import { isDevRunning, isRunning } from '../dev/folder.ts'

/** What of this folder is at work, and so may hold its ports. */
export type Running = {
  dev: boolean
  /** A PostgreSQL in `.data`: that of `npm run dev` or of `npm run neon:local`. */
  database: boolean
}

export function whatIsRunning(): Running {
  return { dev: isDevRunning(defaultDataDir), database: isRunning(readLauncher()) }
}

function readLauncher(): number {
  try {
    return Number.parseInt(
      readFileSync(join(defaultDataDir, 'postgres', 'launcher.pid'), 'utf8'),
      10,
    )
  } catch {
    return Number.NaN
  }
}
