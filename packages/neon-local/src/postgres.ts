import { type Cleanup, cleanupAtExit } from './postgres/cleanup.ts'
import { prepareCluster } from './postgres/cluster.ts'
import { createDatabase, dropDatabase } from './postgres/databases.ts'
import { stopLeftovers } from './postgres/leftovers.ts'
import { requireFreePort } from './postgres/loopback-port.ts'
import { makeOwner, ownerName, superuserName } from './postgres/owner.ts'
import { keepPasswords } from './postgres/passwords.ts'
import { startServer } from './postgres/server.ts'
import type { ServerSettings } from './postgres/settings.ts'
import { setUpPostgres } from './postgres/setup.ts'
import { stopServer } from './postgres/stop.ts'
import { takeOver } from './postgres/takeover.ts'

export type PostgresOptions = {
  /** Where the data live; kept when closed. Without it: a temporary folder, removed when closed. */
  dataDir?: string | undefined
  /** TCP port on loopback. Without it: a free one. */
  port?: number | undefined
  /** Beside those that the server needs to run here, which win: `{ shared_buffers: '1GB' }`. */
  settings?: ServerSettings | undefined
  /** Gets each line of the server's log, which is dropped otherwise. */
  onLog?: ((line: string) => void) | undefined
}

type PostgresExit = {
  code: number | null
  signal: string | null
  /** Whether `close()` had asked for it. */
  wasClosed: boolean
}

export type Postgres = {
  /** The owner's connection string of the database `postgres`. */
  url: string
  port: number
  pid: number
  /** The owner's connection string of the database, which is created when it is missing. */
  createDatabase(name: string, options?: { template?: string }): Promise<string>
  /** Drops the database if it is there, and ends the sessions that use it. */
  dropDatabase(name: string): Promise<void>
  databaseUrl(name: string): string
  /** For what only a superuser may do, which hosted Neon refuses: `postgres` when not named. */
  superuserUrl(database?: string): string
  /** Resolves when the server has ended, by itself or by `close()`. */
  exited: Promise<PostgresExit>
  /** Stops the server and leaves nothing behind but the data in `dataDir`. */
  close(): Promise<void>
}

/**
 * Starts a PostgreSQL of our own on loopback, and creates its cluster first if need be. It ends
 * with this process at the latest. Throws NeonLocalError for every failure that is to be expected.
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<Postgres> {
  const cleanup = cleanupAtExit()
  try {
    return await start(options, cleanup)
  } catch (error) {
    cleanup.dispose()
    throw error
  }
}

async function start(options: PostgresOptions, cleanup: Cleanup): Promise<Postgres> {
  const setup = await setUpPostgres(options.dataDir, cleanup)
  const { cluster, isTemporary } = setup.folder
  if (options.port !== undefined) {
    await requireFreePort(options.port)
  }
  const { passwords, isOwned } = await prepareCluster(setup)
  const { child, pid, port } = await startServer(
    setup,
    options.port,
    options.settings ?? {},
    options.onLog,
  )

  let closing: Promise<void> | undefined
  const close = async () => {
    await stopServer(child, isTemporary)
    // A server that was killed leaves its sessions behind, which may be busy for long.
    await stopLeftovers(cluster, isTemporary)
    cleanup.dispose()
  }
  const databaseUrl = (name: string) => urlOf(ownerName, passwords.owner, port, name)
  const superuserUrl = (name = 'postgres') => urlOf(superuserName, passwords.superuser, port, name)
  const url = databaseUrl('postgres')
  if (!isOwned) {
    await makeOwner(superuserUrl(), passwords.owner)
    await takeOver(superuserUrl)
    // Last: without the file, the next start begins again.
    keepPasswords(setup.folder, passwords)
  }
  return {
    url,
    port,
    pid,
    databaseUrl,
    superuserUrl,
    createDatabase: async (name, { template } = {}) => {
      await createDatabase(url, name, template)
      return databaseUrl(name)
    },
    // The owner could not end the sessions of a superuser.
    dropDatabase: (name) => dropDatabase(superuserUrl(), name),
    exited: new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        resolve({ code, signal, wasClosed: closing !== undefined })
      })
    }),
    close: () => {
      closing ??= close()
      return closing
    },
  }
}

const urlOf = (user: string, password: string, port: number, database: string) =>
  `postgresql://${user}:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`
