import { totalmem } from 'node:os'
import { type Postgres, startPostgres } from 'neon-local'
import { applyMigrations } from '../../scripts/migrations/apply.ts'
import { inSession } from '../../scripts/postgres/connection.ts'
import { makeWorkerRole } from '../../scripts/postgres/worker-role.ts'
import { type BenchEndpoint, startBenchEndpoint } from '../endpoint.ts'
import { createPeople } from './sample.ts'

const mebibyte = 2 ** 20

/** Of PostgreSQL. */
const defaultMiB = 128

export type ScaleServer = {
  postgres: Postgres
  endpoint: BenchEndpoint
  version: string
  sharedBuffers: string
}

export type ScaleDatabase = {
  name: string
  ownerUrl: string
  /** For what measuring takes, and the service does not. */
  superuserUrl: string
  /** The connection of the Worker's role. */
  url: string
  endpoint: BenchEndpoint
}

/** Of the rows and indexes of a user. */
const bytesPerUser = 450

/** With memory for tables of these sizes, as far as a quarter of the machine's is enough. */
export async function startScaleServer(
  stack: AsyncDisposableStack,
  sizes: readonly number[],
): Promise<ScaleServer> {
  const users = sizes.reduce((sum, size) => sum + size, 0)
  const neededMiB = Math.ceil((users * bytesPerUser) / mebibyte)
  // A container may have less than the machine.
  const memory = Math.min(totalmem(), process.constrainedMemory() || totalmem())
  const shareMiB = Math.floor(memory / 4 / mebibyte)
  const sharedBuffers = Math.max(defaultMiB, Math.min(neededMiB, shareMiB))
  const postgres = await startPostgres({ settings: { shared_buffers: `${sharedBuffers}MB` } })
  stack.defer(() => postgres.close())
  const endpoint = await startBenchEndpoint(stack, postgres.url)
  const { rows } = await inSession(postgres.url, (client) =>
    client.query(
      `select substring(current_setting('server_version') from '^[0-9.]+') as version,
              current_setting('shared_buffers') as "sharedBuffers"`,
    ),
  )
  return { postgres, endpoint, ...rows[0] }
}

/** Migrated and empty. */
export async function createScaleDatabase(
  { postgres, endpoint }: ScaleServer,
  name: string,
): Promise<ScaleDatabase> {
  const ownerUrl = await postgres.createDatabase(name)
  await applyMigrations(ownerUrl)
  await inSession(ownerUrl, async (client) => {
    await createPeople(client)
    // Vacuumed by hand alone: a worker of PostgreSQL's own would disturb one size or another.
    await client.query('alter table users set (autovacuum_enabled = false)')
  })
  const url = await makeWorkerRole(ownerUrl, `${name}_worker`)
  return { name, ownerUrl, superuserUrl: postgres.superuserUrl(name), url, endpoint }
}
