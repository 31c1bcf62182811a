import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Postgres, startEndpoint, startPostgres } from 'neon-local'
import pg from 'pg'
import { copyFreshDataFolder } from '../../packages/neon-local/test/support/fresh-data-folder.ts'
import { applyMigrations } from '../../scripts/migrations/apply.ts'
import { createSpoilers, type Spoilers } from './faults.ts'
import { makeTestRole } from './worker-role.ts'

export type OwnServer = Spoilers & {
  /** The owner's. */
  databaseUrl: string
  /** The same database, as the Worker's role. */
  workerUrl: string
  /** Of the server's first process. */
  pid(): number
  endpointUrl: string
  dataDir: string
  /** Ends it without a warning, as `kill -9` does. */
  kill(): Promise<void>
  stop(): Promise<void>
  start(): Promise<void>
  /** Stops every process of the server in its tracks, as a machine that hangs would. */
  freeze(): Promise<void>
  thaw(): void
  close(): Promise<void>
}

/**
 * A PostgreSQL that one test file may break, with a migrated database and an endpoint. Its cluster is
 * a copy, which PostgreSQL cannot tell from the others, unless it is made anew.
 */
export async function startOwnServer({ isNew = false } = {}): Promise<OwnServer> {
  const dataDir = join(await mkdtemp(join(tmpdir(), 'edge-users-')), 'postgres')
  if (!isNew) {
    await copyFreshDataFolder(dataDir)
  }
  const { faults, ...spoilers } = createSpoilers()
  let postgres: Postgres = await startPostgres({ dataDir })
  const endpoint = await startEndpoint({ postgresUrl: postgres.url, faults })
  const databaseUrl = await postgres.createDatabase('users_of_its_own')
  await applyMigrations(databaseUrl)
  const workerUrl = await makeTestRole(databaseUrl)
  let frozen: number[] = []

  return {
    ...spoilers,
    databaseUrl,
    workerUrl,
    pid: () => postgres.pid,
    endpointUrl: endpoint.url,
    dataDir,
    kill: async () => {
      signal([...(await backends(postgres)), postgres.pid], 'SIGKILL')
      await postgres.close()
    },
    stop: () => postgres.close(),
    start: async () => {
      postgres = await startPostgres({ dataDir, port: postgres.port })
    },
    freeze: async () => {
      frozen = [postgres.pid, ...(await backends(postgres))]
      signal(frozen, 'SIGSTOP')
    },
    thaw: () => signal(frozen, 'SIGCONT'),
    close: async () => {
      await endpoint.close()
      await postgres.close()
      await rm(join(dataDir, '..'), { recursive: true, force: true })
    },
  }
}

/** Each backend is in a session of its own: a signal to the server's group does not reach it. */
async function backends({ url }: Postgres): Promise<number[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ pid: number }>(
    'select pid from pg_stat_activity where pid <> pg_backend_pid()',
  )
  await client.end()
  return rows.map(({ pid }) => pid)
}

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name)
    } catch {
      // A session that has ended meanwhile.
    }
  }
}
