import { inSession } from '../postgres/connection.ts'
import { readMigrations } from './files.ts'
import { compareFingerprints, describeDifference, readFingerprint } from './fingerprint.ts'
import { pending, readApplied } from './history.ts'
import { buildFingerprint } from './scratch.ts'

export type Drift = {
  /** How many migrations the database has. */
  applied: number
  /** A line each; none when it is what they make of an empty one. */
  differences: string[]
  /** A line for each extension that the database has beyond them. */
  notes: string[]
}

/** Compares a database with what its applied migrations make. Throws CommandError. */
export async function findDrift(url: string, stop: AbortSignal): Promise<Drift> {
  const migrations = await readMigrations()
  const { applied, lines } = await inSession(url, async (client) => ({
    applied: await readApplied(client),
    lines: await readFingerprint(client),
  }))
  const rest = pending(migrations, applied)
  const done = migrations.filter((migration) => !rest.includes(migration))

  const all = compareFingerprints(lines, await buildFingerprint(url, done, stop))
  const describe = (isNote: boolean) =>
    all.filter((each) => each.isNote === isNote).map(describeDifference)
  return { applied: done.length, differences: describe(false), notes: describe(true) }
}
