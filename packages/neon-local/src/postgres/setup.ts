import { installedBinaries, type PostgresBinaries } from './binaries.ts'
import { binariesFor } from './binaries-copy.ts'
import type { Cleanup } from './cleanup.ts'
import { claimDataFolder, type DataFolder } from './data-folder.ts'
import { stopLeftovers } from './leftovers.ts'
import { type PostgresUser, postgresUser } from './user.ts'
import { startWatchdog, type Watchdog } from './watchdog.ts'

/** What it takes to run the programs of PostgreSQL, and to clean up after them. */
export type PostgresSetup = {
  folder: DataFolder
  binaries: PostgresBinaries
  /** Undefined: the user of this process. */
  user: PostgresUser | undefined
  watchdog: Watchdog
  cleanup: Cleanup
}

/** Gets a data folder that no server runs on any more, and binaries that its user can run. */
export async function setUpPostgres(
  dataDir: string | undefined,
  cleanup: Cleanup,
): Promise<PostgresSetup> {
  const installed = await installedBinaries()
  const folder = claimDataFolder(dataDir, installed.majorVersion, cleanup)
  const watchdog = startWatchdog(cleanup)
  if (folder.isTemporary) {
    watchdog.alsoRemove(folder.path)
  }
  await stopLeftovers(folder.cluster)

  const user = postgresUser(folder)
  const binaries = binariesFor(user, installed, watchdog, cleanup)
  return { folder, binaries, user, watchdog, cleanup }
}
