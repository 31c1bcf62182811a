import { chownSync, mkdirSync } from 'node:fs'
import { cleanupAtExit } from '../../packages/neon-local/src/postgres/cleanup.ts'
import { createDatabase } from '../../packages/neon-local/src/postgres/databases.ts'
import { runInitdb } from '../../packages/neon-local/src/postgres/initdb.ts'
import { startServer } from '../../packages/neon-local/src/postgres/server.ts'
import { setUpPostgres } from '../../packages/neon-local/src/postgres/setup.ts'
import { stopServer } from '../../packages/neon-local/src/postgres/stop.ts'

/** Everybody knew it. */
const password = 'postgres'

/**
 * Makes a data folder as the first version of neon-local did: its superuser has a known password and
 * owns everything. `fill` makes something in it, by the superuser's connection string of a database.
 */
export async function makeOldDataFolder(
  dataDir: string,
  fill: (create: (database: string) => Promise<string>) => Promise<void>,
): Promise<void> {
  using cleanup = cleanupAtExit()
  const setup = await setUpPostgres(dataDir, cleanup)
  const { cluster } = setup.folder
  mkdirSync(cluster)
  if (setup.user) {
    chownSync(cluster, setup.user.uid, setup.user.gid)
  }
  await runInitdb(cluster, setup, password)
  const { child, port } = await startServer(setup, undefined, {}, undefined)
  const urlOf = (database: string) =>
    `postgresql://postgres:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`

  await fill(async (database) => {
    await createDatabase(urlOf('postgres'), database)
    return urlOf(database)
  })
  await stopServer(child, false)
}
