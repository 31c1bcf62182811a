import * as fs from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { NeonLocalError } from '../errors.ts'

/** The file that is locked. Its presence says that the folder was made here. */
export const lockName = 'neon-local.lock'

const sqliteBusy = 5

/** Two that come at the same moment would otherwise refuse each other. */
const lockPatienceMs = 200

/** Keeps other runs out of the folder until the cleanup, or until this process ends however it may. */
export function holdForThisProcess(path: string, cleanup: DisposableStack): void {
  const lockPath = join(path, lockName)
  const launcherPath = join(path, 'launcher.pid')
  const lock = lockFile(lockPath)
  if (!lock) {
    const pid = fs.existsSync(launcherPath) ? fs.readFileSync(launcherPath, 'utf8').trim() : '?'
    throw new NeonLocalError(
      `The data folder ${path} is in use by another run (pid ${pid}): ` +
        'stop it, or choose another folder with --data-dir.',
    )
  }
  cleanup.defer(() => lock.close())

  // Root may be a guest in the folder of a user, who has to open this file again tomorrow.
  const { uid, gid } = fs.statSync(path)
  fs.lchownSync(lockPath, uid, gid)
  fs.rmSync(launcherPath, { force: true })
  fs.writeFileSync(launcherPath, `${process.pid}\n`, { flag: 'wx' })
  cleanup.defer(() => fs.rmSync(launcherPath, { force: true }))
}

/**
 * An exclusive SQLite transaction is the one lock of the operating system that Node offers. Unlike
 * a file with a process id in it, it cannot outlive a process that is killed, nor be taken over by
 * two at once. Nothing else in this process may open the file: closing any descriptor of it would
 * end the lock (POSIX, fcntl).
 */
function lockFile(path: string): DatabaseSync | undefined {
  const database = new DatabaseSync(path, { timeout: lockPatienceMs })
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
