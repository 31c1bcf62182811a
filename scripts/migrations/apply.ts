import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { inSession, SessionLost, setTimeouts, type Timeouts } from '../postgres/connection.ts'
import { concurrentIndexOf, dropIfInvalid } from './concurrent-index.ts'
import { FileFailure } from './file-failure.ts'
import { bare, everyFileIsFilled, type Migration, readMigrations } from './files.ts'
import { createTable, pending, readApplied, record } from './history.ts'
import { acquireLock } from './lock.ts'
import { runInOneTransaction } from './one-transaction.ts'

export type ApplyOptions = {
  folder?: string | undefined
  timeouts?: Timeouts
  /** How long to wait for another runner. */
  lockWaitMs?: number
  onApplied?: (tag: string, milliseconds: number) => void
  /** What went wrong this time, and will be tried again. */
  onRetry?: (failure: string) => void
}

/**
 * A lock that is not free within a second is requested again later: while a session waits for a lock,
 * everybody behind it waits too. A statement of more than a minute should be split.
 */
export const defaultTimeouts: Timeouts = { lockMs: 1_000, statementMs: 60_000 }
export const defaultLockWaitMs = 60_000

/** Of one file, which with the pauses between them take about a minute. */
const maxTries = 20
const maxPauseMs = 2_000

/**
 * Applies what is pending, one transaction a file, as the only runner. Before any file it is certain
 * that the database and the folder tell the same history.
 *
 * Throws CommandError, which names the file, the statement and the SQLSTATE, and holds no password.
 */
export async function applyMigrations(url: string, options: ApplyOptions = {}): Promise<void> {
  const migrations = await readMigrations(options.folder)
  let tries = 1
  const onApplied = (tag: string, milliseconds: number) => {
    tries = 1
    options.onApplied?.(tag, milliseconds)
  }

  for (;;) {
    try {
      return await applyPending(url, migrations, { ...options, onApplied })
    } catch (error) {
      const isTransient =
        error instanceof SessionLost || (error instanceof FileFailure && error.isTransient)
      if (!isTransient || tries >= maxTries) {
        throw error
      }
      options.onRetry?.(error.message)
      await sleep(Math.min(maxPauseMs, 100 * 2 ** tries))
      tries += 1
    }
  }
}

/** In a session of its own, because the table then tells whether an interrupted commit took effect. */
const applyPending = (
  url: string,
  migrations: readonly Migration[],
  { timeouts = defaultTimeouts, lockWaitMs = defaultLockWaitMs, onApplied }: ApplyOptions,
): Promise<void> =>
  inSession(url, async (client) => {
    everyFileIsFilled(pending(migrations, await readApplied(client)))
    await acquireLock(client, lockWaitMs)
    const rest = pending(migrations, await readApplied(client))

    if (rest.length > 0) {
      await client.query(createTable)
    }
    for (const migration of rest) {
      const start = performance.now()
      await (migration.isTransactional ? applyWhole : applyAlone)(client, migration, timeouts)
      onApplied?.(migration.tag, performance.now() - start)
    }
  })

async function applyWhole(client: pg.Client, migration: Migration, timeouts: Timeouts) {
  await setTimeouts(client, timeouts)
  await runInOneTransaction(client, migration, {
    text: record,
    values: [migration.hash, migration.when],
  })
}

/** A single statement that cannot run in a transaction, and does no harm when it runs twice. */
async function applyAlone(client: pg.Client, migration: Migration, { lockMs }: Timeouts) {
  const { statements, hash, when } = migration
  const statement = bare(statements[0] ?? '')
  const isConcurrent = /\bconcurrently\b/i.test(statement)
  const index = concurrentIndexOf(statement)

  // What runs concurrently holds nobody up, however long it waits and works.
  await setTimeouts(client, { lockMs: isConcurrent ? 0 : lockMs, statementMs: 0 })
  try {
    if (index !== undefined) {
      await dropIfInvalid(client, index)
    }
    await client.query(statement)
    await client.query(record, [hash, when])
  } catch (error) {
    throw new FileFailure(migration, statement, error, 'unknown')
  }
}
