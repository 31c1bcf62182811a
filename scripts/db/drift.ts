import { parseArgs } from 'node:util'
import { CommandError, usageError } from '../command.ts'
import { inSession } from '../migrations/connection.ts'
import { readMigrations } from '../migrations/files.ts'
import {
  compareFingerprints,
  describeDifference,
  readFingerprint,
} from '../migrations/fingerprint.ts'
import { pending, readApplied } from '../migrations/history.ts'
import { runInterruptible } from '../migrations/interruptible.ts'
import { buildFingerprint } from '../migrations/scratch.ts'
import { directUrl } from '../settings.ts'

function refuseOptions(): void {
  try {
    parseArgs({ options: {} })
  } catch (error) {
    throw usageError(error, 'Usage: npm run db:drift')
  }
}

const readDatabase = (url: string) =>
  inSession(url, async (client) => ({
    applied: await readApplied(client),
    lines: await readFingerprint(client),
  }))

await runInterruptible(async (stop) => {
  refuseOptions()
  const url = directUrl()
  const migrations = await readMigrations()
  const { applied, lines } = await readDatabase(url)
  const rest = pending(migrations, applied)
  const done = migrations.filter((migration) => !rest.includes(migration))

  const differences = compareFingerprints(lines, await buildFingerprint(url, done, stop))

  if (differences.length > 0) {
    console.log(differences.map(describeDifference).join('\n'))
    throw new CommandError(
      'The database is not what its migrations make of an empty one. Undo by hand what nobody ' +
        'wanted, and put the rest into a migration.',
    )
  }
  console.log(`The database is what its ${done.length} applied migrations make.`)
})
