import { stopped } from '../../scripts/command/command.ts'
import type { Bench } from './bench.ts'
import { type BulkResult, compareBulk } from './bulk.ts'
import { createScaleDatabase } from './database.ts'

/** The most that are carried over to compare with COPY, and how often. */
const maxBulk = 1_000_000
const maxBulkRounds = 2

/** In a database of its own, which goes again: what is measured next has the memory to itself. */
export async function runBulk(bench: Bench, largest: number): Promise<BulkResult> {
  const { stop, start, folder, server, key, say } = bench
  const users = Math.min(maxBulk, largest)
  const rounds = Math.min(maxBulkRounds, bench.rounds)
  // Within the other, which Ctrl-C closes.
  const stack = bench.stack.use(new AsyncDisposableStack())
  stack.defer(() => server.postgres.dropDatabase('bulk'))
  const database = await createScaleDatabase(server, 'bulk')
  const service = await start('bulk', database, stack)
  const comparing = compareBulk(database.superuserUrl, service, key, users, rounds, folder, stop)
  const bulk = await Promise.race([comparing, stopped(stop)])
  say(
    `${users} users in by COPY ${bulk.import.copySeconds.toFixed(1)} s, by the API ${bulk.import.apiSeconds.toFixed(1)} s; out ${bulk.export.copySeconds.toFixed(1)} s and ${bulk.export.apiSeconds.toFixed(1)} s`,
  )
  await stack.disposeAsync()
  return bulk
}
