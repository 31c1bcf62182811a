import { parseArgs } from 'node:util'
import { CommandError, exitCodes, runCommand, usageError } from '../command/command.ts'
import { directUrl } from '../command/settings.ts'
import { readStatus, type Status } from '../migrations/status.ts'

function readOptions() {
  try {
    return parseArgs({ options: { json: { type: 'boolean', default: false } } }).values
  } catch (error) {
    throw usageError(error, 'Usage: npm run db:status [-- --json]')
  }
}

function print({ database, migrations, problem }: Status): void {
  for (const { tag, when, state } of migrations) {
    console.log(`  ${state.padEnd(7)}  ${when.slice(0, 16).replace('T', ' ')}  ${tag}`)
  }
  if (problem !== undefined) {
    throw new CommandError(problem, exitCodes.history)
  }
  console.log(
    database === 'behind'
      ? 'The database is behind: run `npm run db:migrate`.'
      : 'The database is up to date.',
  )
}

await runCommand(async () => {
  const { json } = readOptions()
  const status = await readStatus(directUrl())

  if (!json) {
    return print(status)
  }
  console.log(JSON.stringify(status))
  if (status.database === 'different') {
    process.exitCode = exitCodes.history
  }
})
