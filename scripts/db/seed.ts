import { parseArgs } from 'node:util'
import { SingleBar } from 'cli-progress'
import { runCommand, usageError } from '../command/command.ts'
import '../command/quick-imports.ts'
import { settings } from '../command/settings.ts'
import { reachable } from '../dev/local-database.ts'

function readCount(): number {
  try {
    const { values } = parseArgs({ options: { count: { type: 'string', default: '25' } } })
    if (!/^[1-9]\d{0,7}$/.test(values.count)) {
      throw new TypeError('--count must be a number from 1 to 99999999.')
    }
    return Number(values.count)
  } catch (error) {
    throw usageError(error, 'Usage: npm run db:seed -- [--count N]')
  }
}

await runCommand(async () => {
  await using stack = new AsyncDisposableStack()
  const count = readCount()
  // Loaded late, because they are slow to load, and wrong options do not need them.
  const { createDatabase } = await import('../../src/db/connection.ts')
  const { addSampleUsers } = await import('../users/samples.ts')
  const { DATABASE_URL, NEON_ENDPOINT } = await reachable(stack, settings())
  const db = createDatabase({ url: DATABASE_URL, endpoint: NEON_ENDPOINT })
  const bar = new SingleBar({
    format: '{bar} {percentage}% | {value} of {total} users | {eta} s left',
  })

  bar.start(count, 0)
  await addSampleUsers(db, count, (added) => bar.update(added)).finally(() => bar.stop())
  console.log(`Added ${count} users.`)
})
