import { CommandError, runCommand } from '../command.ts'
import { connect } from '../migrations/connection.ts'
import { runDrizzleKit } from '../migrations/drizzle-kit.ts'
import { directUrl } from '../settings.ts'

await runCommand(async () => {
  // drizzle-kit says nothing of a database that does not answer.
  const client = await connect(directUrl())
  await client.end()

  const ended = await runDrizzleKit(['studio', ...process.argv.slice(2)])
  if (typeof ended === 'number' && ended !== 0) {
    throw new CommandError('drizzle-kit studio has ended. What it printed above says why.')
  }
})
