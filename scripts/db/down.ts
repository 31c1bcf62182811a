import { parseArgs } from 'node:util'
import { CommandError, exitCodes, runCommand, usageError } from '../command/command.ts'
import { directUrl, isLoopback } from '../command/settings.ts'
import { undoLast } from '../migrations/down.ts'

function readOptions() {
  try {
    return parseArgs({ options: { force: { type: 'boolean', default: false } } }).values
  } catch (error) {
    throw usageError(error, 'Usage: npm run db:down [-- --force]')
  }
}

await runCommand(async () => {
  const { force } = readOptions()
  const url = directUrl()
  if (!force && !isLoopback(url)) {
    throw new CommandError(
      `The database is at ${new URL(url).host}, and what a migration has added there would be lost ` +
        'with its data. Deploy the code before it and add a migration that goes forward, or, if the ' +
        'data do not matter, repeat this with --force.',
      exitCodes.configuration,
    )
  }
  console.log(`Undone: ${await undoLast(url)}.`)
})
