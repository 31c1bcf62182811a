import { parseArgs } from 'node:util'
import { CommandError, exitCodes, runCommand, usageError } from '../command/command.ts'
import { directUrl } from '../command/settings.ts'
import { readStatus } from '../migrations/status.ts'

function refuseOptions(): void {
  try {
    parseArgs({ options: {} })
  } catch (error) {
    throw usageError(error, 'Usage: npm run db:check')
  }
}

await runCommand(async () => {
  refuseOptions()
  const { migrations, problem } = await readStatus(directUrl())
  const tags = migrations.filter(({ state }) => state === 'pending').map(({ tag }) => tag)

  if (problem !== undefined) {
    throw new CommandError(problem, exitCodes.history)
  }
  if (tags.length > 0) {
    throw new CommandError(
      `The database is behind: run \`npm run db:migrate\` to apply ${tags.join(', ')}.`,
      exitCodes.pending,
    )
  }
  console.log('The database is up to date.')
})
