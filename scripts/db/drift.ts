import { parseArgs } from 'node:util'
import { CommandError, usageError } from '../command/command.ts'
import { runInterruptible } from '../command/interruptible.ts'
import { directUrl } from '../command/settings.ts'
import { findDrift } from '../migrations/drift.ts'

function refuseOptions(): void {
  try {
    parseArgs({ options: {} })
  } catch (error) {
    throw usageError(error, 'Usage: npm run db:drift')
  }
}

await runInterruptible(async (stop) => {
  refuseOptions()

  const { applied, differences, notes } = await findDrift(directUrl(), stop)

  for (const note of notes) {
    console.log(`Note: ${note}, which is no drift: the host may have brought it.`)
  }
  if (differences.length > 0) {
    console.log(differences.join('\n'))
    throw new CommandError(
      'The database is not what its migrations make of an empty one. Undo by hand what nobody ' +
        'wanted, and put the rest into a migration.',
    )
  }
  console.log(`The database is what its ${applied} applied migrations make.`)
})
