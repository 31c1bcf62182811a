import * as fs from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { NeonLocalError } from '../errors.ts'
import type { Cleanup } from './cleanup.ts'
import {
  claimLauncherFile,
  isLauncherAlive,
  readLauncher,
  writeLauncherFile,
} from './launcher-file.ts'

/** The file that is locked. Its presence says that the folder was made here. */
export const lockName = 'neon-local.lock'

const sqliteBusy = 5

/** Two that come at the same moment would otherwise refuse each other. */
const lockPatienceMs = 200

/** Keeps other runs out of the folder until the cleanup, or until this process ends however it may. */
export function holdForThisProcess(path: string, cleanup: Cleanup): void {
  const lockPath = join(path, lockName)
  const launcherPath = join(path, 'launcher.pid')
  const isHeld = hasLocks
    ? holdLock(lockPath, launcherPath, cleanup)
    : claimLauncherFile(launcherPath)
  if (!isHeld) {
    throw new NeonLocalError(
      `The data folder ${path} is in use by another run (pid ${readLauncher(launcherPath)}): ` +
        'stop it, or choose another folder with --data-dir.',
    )
  }
  if (!hasLocks) {
    fs.closeSync(fs.openSync(lockPath, 'a'))
  }
  // Root may be a guest in the folder of a user, who has to open this file again tomorrow.
  const { uid, gid } = fs.statSync(path)
  fs.lchownSync(lockPath, uid, gid)
  cleanup.defer(() => fs.rmSync(launcherPath, { force: true }))
}

/**
 * Node 20 has no SQLite, and 22 and 24 print a warning about theirs. There, the launcher's file with
 * the process id in it has to do.
 */
const hasLocks = Number.parseInt(process.versions.node, 10) >= 26

function holdLock(lockPath: string, launcherPath: string, cleanup: Cleanup): boolean {
  const lock = lockFile(lockPath)
  if (!lock) {
    return false
  }
  cleanup.defer(() => lock.close())
  // Of a run by a Node without locks.
  if (isLauncherAlive(launcherPath)) {
    return false
  }
  writeLauncherFile(launcherPath)
  return true
}

/**
 * An exclusive SQLite transaction is the one lock of the operating system that Node offers. Unlike
 * a file with a process id in it, it cannot outlive a process that is killed, nor be taken over by
 * two at once. Nothing else in this process may open the file: closing any descriptor of it would
 * end the lock (POSIX, fcntl).
 */
function lockFile(path: string): DatabaseSync | undefined {
  const sqlite: typeof import('node:sqlite') = createRequire(import.meta.url)('node:sqlite')
  const database = new sqlite.DatabaseSync(path, { timeout: lockPatienceMs })
  try {
    database.exec('BEGIN EXCLUSIVE')
    return database
  } catch (error) {
    database.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy) {
      return undefined
    }
    throw error
  }
}
