import { faker } from '@faker-js/faker/locale/en'
import { startPostgres } from 'neon-local'
import { applyMigrations } from '../scripts/migrations/apply.ts'
import { inSession } from '../scripts/postgres/connection.ts'
import { makeWorkerRole } from '../scripts/postgres/worker-role.ts'
import { addSampleUsers } from '../scripts/users/samples.ts'
import { createDatabase } from '../src/db/connection.ts'
import { type BenchEndpoint, startBenchEndpoint } from './endpoint.ts'

export type BenchDatabase = {
  /** The connection of the Worker's role. */
  url: string
  endpoint: BenchEndpoint
  /** Of the process that has started all others of PostgreSQL. */
  pid: number
  ids: readonly number[]
  /** What is searched for, and how many users it finds. */
  word: string
  matches: number
  version: string
  /** Puts the table back as it was, and its pages in order. */
  restore(): Promise<void>
}

/** A migrated database of made-up users, the same ones in every run. `stack` closes it. */
export async function openBenchDatabase(
  stack: AsyncDisposableStack,
  count: number,
): Promise<BenchDatabase> {
  const postgres = await startPostgres()
  stack.defer(() => postgres.close())
  const ownerUrl = await postgres.createDatabase('bench')
  await applyMigrations(ownerUrl)
  const url = await makeWorkerRole(ownerUrl, 'bench_worker')
  const endpoint = await startBenchEndpoint(stack, postgres.url)

  faker.seed(1)
  await addSampleUsers(createDatabase({ url, endpoint: endpoint.url }), count)
  return {
    url,
    endpoint,
    pid: postgres.pid,
    ...(await inspect(ownerUrl)),
    restore: () => restore(ownerUrl),
  }
}

const inspect = (ownerUrl: string) =>
  inSession(ownerUrl, async (client) => {
    // Vacuumed by hand alone: a worker of PostgreSQL's own would disturb one contestant or another.
    await client.query('alter table users set (autovacuum_enabled = false)')
    await client.query('create table original as table users')
    await client.query('alter table original add primary key (id)')
    await client.query('vacuum (analyze) users')

    const { rows } = await client.query(
      `select array_agg(id::int order by id) as ids,
              substring(current_setting('server_version') from '^[0-9.]+') as version from users`,
    )
    // A last name that is neither rare nor common.
    const { rows: found } = await client.query(
      `select word, (select count(*)::int from users
                     where name || e'\\n' || email ilike '%' || word || '%') as matches
       from (select split_part(name, ' ', 2) as word, count(*) as times from users group by 1)
       where word ~ '^[A-Z][a-z]{3,}$'
       order by abs(times - 20), word limit 1`,
    )
    return { ...rows[0], ...found[0] }
  })

const restore = (ownerUrl: string) =>
  inSession(ownerUrl, async (client) => {
    await client.query('delete from users where id > (select max(id) from original)')
    await client.query(
      `update users
       set name = original.name, version = original.version, updated_at = original.updated_at
       from original
       where users.id = original.id
         and (users.name, users.version) is distinct from (original.name, original.version)`,
    )
    await client.query('vacuum (analyze) users')
  })
