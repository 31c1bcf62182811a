import { parseArgs } from 'node:util'
import { usageError } from '../command/command.ts'
import { runInterruptible } from '../command/interruptible.ts'
import { directUrl } from '../command/settings.ts'
import { readMigrations } from '../migrations/files.ts'
import { stamp } from '../migrations/stamp.ts'
import { indexOfTag } from '../migrations/tags.ts'

function readTag(): string {
  try {
    const { positionals } = parseArgs({ allowPositionals: true })
    const [tag, ...rest] = positionals
    if (!tag || rest.length > 0) {
      throw new TypeError('Name the last migration whose work the database has already.')
    }
    return tag
  } catch (error) {
    throw usageError(error, 'Usage: npm run db:stamp -- TAG')
  }
}

await runInterruptible(async (stop) => {
  const tag = readTag()
  const migrations = await readMigrations()
  const stamped = migrations.slice(0, indexOfTag(migrations, tag) + 1)

  await stamp(directUrl(), stamped, stop)

  console.log(
    `Stamped: ${stamped.map((each) => each.tag).join(', ')}.\n` +
      'Grants are not compared: `npm run db:role` says when the Worker lacks one.',
  )
})
