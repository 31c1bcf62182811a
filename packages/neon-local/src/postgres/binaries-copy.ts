import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { NeonLocalError } from '../errors.ts'
import { askVersion, type PostgresBinaries } from './binaries.ts'
import type { Cleanup } from './cleanup.ts'
import { removeFolder } from './remove-folder.ts'
import type { PostgresUser } from './user.ts'
import type { Watchdog } from './watchdog.ts'

/**
 * Binaries that the user can run. The installed ones may lie in a folder that only root may enter;
 * then a copy in a temporary folder stands in for them until the cleanup.
 */
export function binariesFor(
  user: PostgresUser | undefined,
  installed: PostgresBinaries,
  watchdog: Watchdog,
  cleanup: Cleanup,
): PostgresBinaries {
  let answer = user ? askVersion(installed.postgres, user) : installed.majorVersion
  if (typeof answer === 'number') {
    return installed
  }
  for (const parent of new Set([tmpdir(), '/tmp', '/var/tmp'])) {
    try {
      const copy = copyBinaries(installed, parent, watchdog, cleanup)
      answer = askVersion(copy.postgres, user)
      if (typeof answer === 'number') {
        return copy
      }
    } catch (error) {
      answer = String(error)
    }
  }
  throw new NeonLocalError(
    `PostgreSQL refuses to run as root, and user id ${user?.uid} cannot run it (${answer}): ` +
      'run this as an ordinary user, or let TMPDIR name a folder with room for 50 MB in which all ' +
      'users may run programs.',
  )
}

function copyBinaries(
  installed: PostgresBinaries,
  parent: string,
  watchdog: Watchdog,
  cleanup: Cleanup,
): PostgresBinaries {
  const copy = fs.mkdtempSync(join(parent, 'neon-local-postgres-'))
  watchdog.alsoRemove(copy)
  cleanup.defer(() => removeFolder(copy))
  const native = dirname(dirname(installed.postgres))
  copyTree(native, copy)
  const at = (program: string) => join(copy, relative(native, program))
  return { ...installed, postgres: at(installed.postgres), initdb: at(installed.initdb) }
}

function copyTree(from: string, to: string): void {
  fs.chmodSync(to, 0o755)
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) {
      fs.mkdirSync(target)
      copyTree(source, target)
    } else if (entry.isSymbolicLink()) {
      fs.symlinkSync(fs.readlinkSync(source), target)
    } else if (!entry.name.endsWith('.a')) {
      copyFile(source, target)
    }
  }
}

function copyFile(source: string, target: string): void {
  const { mode } = fs.statSync(source)
  try {
    if ((mode & 0o004) !== 0) {
      // A second name for the same file takes a fifth of the time of a copy.
      fs.linkSync(source, target)
      return
    }
  } catch {
    // Another disk, or a file system without links.
  }
  fs.copyFileSync(source, target)
  fs.chmodSync(target, (mode & 0o100) === 0 ? 0o644 : 0o755)
}
