import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { packagedMajorVersion } from './postgres/binaries.ts'
import { refuseForeignFiles, refuseOtherOwner } from './postgres/data-folder-contents.ts'

/** Throws the NeonLocalError with which `startPostgres` would refuse the folder, and makes nothing. */
export function checkDataFolder(dataDir: string): void {
  const path = resolve(dataDir)
  if (existsSync(path)) {
    const cluster = join(path, 'cluster')
    refuseOtherOwner(path, cluster)
    refuseForeignFiles(path, cluster, packagedMajorVersion())
  }
}
