import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { NeonLocalError } from '../errors.ts'
import type { Cleanup } from './cleanup.ts'
import { refuseForeignFiles, refuseOtherOwner } from './data-folder-contents.ts'
import { holdForThisProcess } from './data-folder-lock.ts'
import { removeFolder } from './remove-folder.ts'

export type DataFolder = {
  path: string
  /** PostgreSQL's own data directory, inside `path`. */
  cluster: string
  isTemporary: boolean
}

/**
 * Makes the folder when it is missing, and keeps every other run out of it until the cleanup.
 * Without a path it is a temporary folder, which the cleanup removes.
 */
export function claimDataFolder(
  dataDir: string | undefined,
  majorVersion: number,
  cleanup: Cleanup,
): DataFolder {
  const wanted = resolve(dataDir ?? tmpdir())
  try {
    const path = dataDir === undefined ? makeTemporaryFolder(wanted, cleanup) : wanted
    fs.mkdirSync(path, { recursive: true })
    const cluster = join(path, 'cluster')
    refuseOtherOwner(path, cluster)
    refuseForeignFiles(path, cluster, majorVersion)
    // As root, the server runs as another user and holds a descriptor of the cluster. This mode
    // keeps it from walking up from there (`..`) into folders that it could not reach by path.
    fs.chmodSync(path, 0o700)
    holdForThisProcess(path, cleanup)
    return { path, cluster, isTemporary: dataDir === undefined }
  } catch (error) {
    if (error instanceof NeonLocalError || !(error instanceof Error)) {
      throw error
    }
    const [kind, mend] =
      dataDir === undefined
        ? ['temporary', 'name another with TMPDIR']
        : ['data', 'choose another with --data-dir']
    throw new NeonLocalError(
      `The ${kind} folder ${wanted} cannot be used (${error.message}): make it writable, or ${mend}.`,
    )
  }
}

function makeTemporaryFolder(parent: string, cleanup: Cleanup): string {
  const path = fs.mkdtempSync(join(parent, 'neon-local-'))
  cleanup.defer(() => removeFolder(path))
  return path
}
