import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { runChild } from '../command/child.ts'
import { CommandError } from '../command/command.ts'
import { migrationsFolder, readMigrations } from './files.ts'

/** The program, for the Node that runs this: found without PATH. */
const squawk = join(
  dirname(createRequire(import.meta.url).resolve('squawk-cli/package.json')),
  'js/bin/squawk',
)

/**
 * Asks squawk about every file, or those that are meant: what locks a table for long, what breaks the code that still runs.
 *
 * Throws CommandError with its findings. A file that must do it all the same says so with
 * `-- squawk-ignore RULE` above the statement, before it is merged: later it would be an edit.
 */
export async function lintMigrations(
  folder = migrationsFolder,
  isMeant: (tag: string) => boolean = () => true,
): Promise<void> {
  const migrations = (await readMigrations(folder)).filter(({ tag }) => isMeant(tag))
  const filesOf = (isTransactional: boolean) =>
    migrations
      .filter((migration) => migration.isTransactional === isTransactional)
      .map(({ tag }) => join(folder, `${tag}.sql`))

  const findings = [
    await run(['--assume-in-transaction', ...filesOf(true)]),
    await run(['--no-assume-in-transaction', ...filesOf(false)]),
  ].join('')
  if (findings !== '') {
    throw new CommandError(`squawk refuses a migration:\n${findings.trimEnd()}`)
  }
}

/** What squawk says; nothing when all is well. */
async function run([assumption = '', ...files]: readonly string[]): Promise<string> {
  if (files.length === 0) {
    return ''
  }
  const args = [squawk, '--config', '.squawk.toml', '--reporter', 'gcc', assumption, ...files]
  return runChild(process.execPath, args).then(
    () => '',
    (error: unknown) => {
      if (error instanceof Error && 'stdout' in error && error.stdout !== '') {
        return String(error.stdout)
      }
      throw error
    },
  )
}
