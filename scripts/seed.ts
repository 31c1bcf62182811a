import { parseArgs } from 'node:util'
import { SingleBar } from 'cli-progress'
import { createDatabase } from '../src/db/client.ts'
import { CommandError, runCommand } from './command.ts'
import { addSampleUsers } from './sample-users.ts'
import { settings } from './settings.ts'

const usage = 'Usage: npm run db:seed -- --count N, where N is how many sample users to add.'

function countOption(): number {
  const { values } = parseArgs({ options: { count: { type: 'string', default: '25' } } })
  if (!/^[1-9]\d{0,7}$/.test(values.count)) {
    throw new CommandError(usage)
  }
  return Number(values.count)
}

await runCommand(async () => {
  const count = countOption()
  const { DATABASE_URL, NEON_ENDPOINT } = settings()
  const db = createDatabase({ url: DATABASE_URL, endpoint: NEON_ENDPOINT })
  const bar = new SingleBar({
    format: '{bar} {percentage}% | {value} of {total} users | {eta} s left',
  })

  bar.start(count, 0)
  await addSampleUsers(db, count, (added) => bar.update(added)).finally(() => bar.stop())
  console.log(`Added ${count} users.`)
})
