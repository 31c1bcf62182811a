import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { runChild } from '../command/child.ts'
import { CommandError } from '../command/command.ts'
import { type Migration, migrationsFolder, readMigrations } from './files.ts'
import { areFitToRun } from './fit-to-run.ts'
import { findHidden, findTakings } from './takes-away.ts'

/** The program, for the Node that runs this: found without PATH. */
const squawk = join(
  dirname(createRequire(import.meta.url).resolve('squawk-cli/package.json')),
  'js/bin/squawk',
)

/**
 * Asks about every file, or those that are meant: squawk, what locks a table for long and what breaks the
 * code that still runs (`.squawk.toml`), and our own rules, what else takes something away
 * (`takes-away.ts`). Both look into `do` as well. What cannot be run is refused before: statements of
 * transactions when files are read (`transaction-rules.ts`), and others by `fit-to-run.ts`. What a function
 * does that a migration calls, none of them sees.
 *
 * Throws CommandError with the findings. A file that must do it all the same says so with
 * `-- squawk-ignore RULE` or `-- migrate:takes-away REASON` above the statement, before it is merged:
 * later it would be an edit.
 */
export async function lintMigrations(
  folder = migrationsFolder,
  isMeant: (tag: string) => boolean = () => true,
): Promise<void> {
  const migrations = (await readMigrations(folder)).filter(({ tag }) => isMeant(tag))
  areFitToRun(migrations)
  const filesOf = (isTransactional: boolean) =>
    migrations
      .filter((migration) => migration.isTransactional === isTransactional)
      .map(({ tag }) => join(folder, `${tag}.sql`))

  refuse('squawk refuses a migration', [
    await run(['--assume-in-transaction', ...filesOf(true)]),
    await run(['--no-assume-in-transaction', ...filesOf(false)]),
    ...(await Promise.all(migrations.map((migration) => runOnHidden(folder, migration)))),
  ])
  refuse(
    'A migration only adds, and this takes something away. Do it once no running code needs it, and give ' +
      'the reason above it: -- migrate:takes-away REASON',
    migrations.flatMap((migration) =>
      findTakings(migration).map(
        (statement) => `${join(folder, migration.tag)}.sql: ${statement.replaceAll(/\s+/g, ' ')}\n`,
      ),
    ),
  )
}

function refuse(why: string, findings: readonly string[]): void {
  const text = findings.join('').trimEnd()
  if (text !== '') {
    throw new CommandError(`${why}:\n${text}`)
  }
}

/** Of what stands in a `do`, where the rest is that squawk cannot read. */
async function runOnHidden(folder: string, migration: Migration): Promise<string> {
  const hidden = findHidden(migration)
  const findings = await Promise.all(
    hidden.map((statement) => run(['--assume-in-transaction'], `${statement};`)),
  )
  const lines = findings
    .filter((text) => !text.includes('syntax-error'))
    .join('')
    .split('\n')
  const messages = new Set(lines.map((line) => line.replace(/^.*?: warning: /, '')))
  return [...messages]
    .filter((message) => message !== '')
    .map((message) => `${join(folder, migration.tag)}.sql: in a do: ${message}\n`)
    .join('')
}

/** What squawk says of these files, or of a text; nothing when all is well. */
async function run([assumption = '', ...files]: readonly string[], text?: string): Promise<string> {
  if (files.length === 0 && text === undefined) {
    return ''
  }
  const input = text === undefined ? [] : ['--stdin-filepath', 'hidden.sql']
  const args = ['--config', '.squawk.toml', '--reporter', 'gcc', assumption, ...input, ...files]
  return runChild(process.execPath, [squawk, ...args], { input: text }).then(
    () => '',
    (error: unknown) => {
      if (error instanceof Error && 'stdout' in error && error.stdout !== '') {
        return String(error.stdout)
      }
      throw error
    },
  )
}
