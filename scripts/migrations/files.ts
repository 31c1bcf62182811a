import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import * as z from 'zod/mini'
import { CommandError, exitCodes } from '../command/command.ts'
import { readSql } from './file-text.ts'
import { noneIsFromTheFuture } from './fit-to-run.ts'
import { runnerOwnsTransactions } from './transaction-rules.ts'

/** Below the folder of the project, in which every command runs. */
export const migrationsFolder = 'drizzle'

/** One file of the folder. `when` and `hash` are what drizzle's table keeps of it. */
export type Migration = {
  /** The file's name without `.sql`. */
  tag: string
  /** Milliseconds since 1970. It orders the files. */
  when: number
  /** SHA-256 of the file's bytes, in hex. */
  hash: string
  /** The whole file. */
  text: string
  statements: string[]
  /** False for a file that begins with `-- migrate:no-transaction`. */
  isTransactional: boolean
}

/** The last moment that a Date can name. */
const lastMoment = 8.64e15

const Journal = z.object({
  entries: z.array(
    z.object({ idx: z.number(), when: z.number().check(z.lte(lastMoment)), tag: z.string() }),
  ),
})

const noTransaction = /^-- migrate:no-transaction\b/

/** Comments and white space, which may stand before a statement. */
const leading = /^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/

/**
 * The migrations in order, as drizzle's own reader sees them.
 *
 * Throws CommandError when the folder contradicts itself: a file without an entry in the journal or
 * the reverse, an entry that is older than the one before it, or a file that ends its transaction or
 * has bytes that git would change.
 */
export async function readMigrations(folder = migrationsFolder): Promise<Migration[]> {
  const { entries } = await readJournal(folder)
  await everyFileIsListed(folder, entries)
  const texts = await Promise.all(entries.map(({ tag }) => readSql(join(folder, `${tag}.sql`))))
  const files = readMigrationFiles({ migrationsFolder: folder })

  const migrations = entries.map(({ tag }, index): Migration => {
    const text = texts[index] ?? ''
    const { folderMillis = 0, hash = '', sql = [] } = files[index] ?? {}
    const statements = sql.filter((text) => bare(text) !== '')
    const isTransactional = !noTransaction.test(sql[0] ?? '')
    return { tag, when: folderMillis, hash, text, statements, isTransactional }
  })
  timesRise(migrations)
  migrations.forEach(runnerOwnsTransactions)
  return migrations
}

/** The statement without what stands before it. */
export const bare = (statement: string) => statement.replace(leading, '').trim()

async function readJournal(folder: string) {
  const file = join(folder, 'meta', '_journal.json')
  try {
    return z.parse(Journal, JSON.parse(await readFile(file, 'utf8')))
  } catch {
    throw broken(`${file} is missing, or no journal of drizzle-kit. Restore it from git.`)
  }
}

async function everyFileIsListed(folder: string, entries: readonly { tag: string }[]) {
  const files = (await readdir(folder)).filter(
    (name) => name.endsWith('.sql') && !name.endsWith('.down.sql'),
  )
  const tags = entries.map(({ tag }) => tag)
  const orphan = files.find((name) => !tags.includes(name.replace(/\.sql$/, '')))
  const missing = tags.find((tag) => !files.includes(`${tag}.sql`))

  if (orphan !== undefined) {
    throw broken(
      `${orphan} is not in meta/_journal.json, so no migration would ever run it. Make it with ` +
        '`npm run db:generate -- --custom --name NAME`, or remove it.',
    )
  }
  if (missing !== undefined) {
    throw broken(`${missing}.sql is in meta/_journal.json but not in the folder. Restore the file.`)
  }
}

function timesRise(migrations: readonly Migration[]): void {
  migrations.forEach(({ tag, when }, index) => {
    const before = migrations[index - 1]
    if (before && when <= before.when) {
      noneIsFromTheFuture([before], 0)
      throw broken(
        `${tag} is dated before ${before.tag}, which stands above it, so databases that have the ` +
          'other would skip it for ever. Remove it with its snapshot, and generate it again.',
      )
    }
  })
}

const broken = (message: string) => new CommandError(message, exitCodes.history)
