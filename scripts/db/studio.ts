import { CommandError, runCommand } from '../command/command.ts'
import { directUrl } from '../command/settings.ts'
import { runDrizzleKit } from '../migrations/drizzle-kit.ts'
import { connect } from '../postgres/connection.ts'

await runCommand(async () => {
  // drizzle-kit says nothing of a database that does not answer.
  const client = await connect(directUrl())
  await client.end()

  const ended = await runDrizzleKit(['studio', ...process.argv.slice(2)])
  if (typeof ended === 'number' && ended !== 0) {
    throw new CommandError('drizzle-kit studio has ended. What it printed above says why.')
  }
})
