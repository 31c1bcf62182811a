import { parseArgs } from 'node:util'
import { CommandError, usageError } from '../command/command.ts'
import { runInterruptible } from '../command/interruptible.ts'
import { directUrl, isLoopback } from '../command/settings.ts'
import { runDrizzleKit } from '../migrations/drizzle-kit.ts'
import { readMigrations } from '../migrations/files.ts'
import {
  type Folder,
  finishFiles,
  readFolder,
  readStatements,
  removeFiles,
} from '../migrations/generated-file.ts'
import { worksConcurrently } from '../migrations/transaction-rules.ts'

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        name: { type: 'string', default: '' },
        custom: { type: 'boolean', default: false },
      },
    })
    if (!/^[a-z][a-z0-9_]*$/.test(values.name)) {
      throw new TypeError('--name must say what the migration does, such as add_user_version.')
    }
    return values
  } catch (error) {
    throw usageError(error, 'Usage: npm run db:generate -- --name NAME [--custom]')
  }
}

await runInterruptible(async (stop) => {
  const { name, custom } = readOptions()
  // Loaded late, because it is slow to load, and wrong options do not need it.
  const { migrationsAreGenerated, readSchemaChange } = await import(
    '../migrations/schema-changes.ts'
  )
  const { isAmbiguous } = await readSchemaChange()
  if (isAmbiguous && !custom && !(process.stdin.isTTY && process.stdout.isTTY)) {
    throw new CommandError(
      'One thing goes from the tables in src/ and another comes, and drizzle-kit has to ask if it is ' +
        'renamed. Run this in a terminal, or make two migrations: one that adds, one that removes.',
    )
  }
  const before = await readFolder()

  const ended = await runDrizzleKit(['generate', '--name', name, ...(custom ? ['--custom'] : [])])

  const written = await finishFiles(before)
  // It ends with 0 after most errors, so look at what it has written.
  if (ended !== 0 || (custom && written.length === 0)) {
    throw new CommandError('drizzle-kit wrote no migration. What it printed above says why.')
  }
  try {
    await (custom ? readMigrations() : migrationsAreGenerated())
    if (!custom && written.length > 0) {
      console.log('Trying it on a scratch database.')
      const { tryMigrations } = await import('../migrations/trial.ts')
      await tryMigrations(written, { localUrl: localUrl(), stop })
    }
  } catch (error) {
    throw written.length === 0 ? error : await takeBack(before, written, error)
  }
})

/** That of a database on this machine: no other is touched. */
function localUrl(): string | undefined {
  try {
    const url = directUrl()
    return isLoopback(url) ? url : undefined
  } catch {
    return undefined
  }
}

/** Removes a file that cannot be used, because it would block every later one. */
async function takeBack(before: Folder, written: readonly string[], error: unknown) {
  const isMixed = worksConcurrently(await readStatements(written))
  await removeFiles(before)
  const removed = `${written.join(', ')} was removed again.`
  if (isMixed) {
    return new CommandError(
      'An index that is built concurrently needs a migration of its own: generate the index alone, ' +
        `and the other changes before or after it. ${removed}`,
    )
  }
  return error instanceof CommandError
    ? new CommandError(`${error.message}\n${removed}`, error.exitCode)
    : error
}
