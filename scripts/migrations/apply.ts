import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import {
  endWithClient,
  inSession,
  SessionLost,
  setTimeouts,
  type Timeouts,
} from '../postgres/connection.ts'
import { concurrentIndexOf, dropIfInvalid } from './concurrent-index.ts'
import { FileFailure } from './file-failure.ts'
import { bare, type Migration, readMigrations } from './files.ts'
import { areFitToRun } from './fit-to-run.ts'
import { createTable, lockHistory, pending, readApplied, record } from './history.ts'
import { beginAsOnlyRunner, nobodyRuns } from './lock.ts'
import { runInOneTransaction } from './one-transaction.ts'
import { resetSession } from './session-state.ts'

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
 * Applies what is pending, one transaction a file, in each as the only runner. Before any file it is
 * certain that the database and the folder tell the same history.
 *
 * Throws CommandError, which names the file, the statement and the SQLSTATE, and holds no password.
 */
export async function applyMigrations(url: string, options: ApplyOptions = {}): Promise<void> {
  const migrations = await readMigrations(options.folder)
  await applyAll(url, migrations, areFitToRun, options)
}

/** Applies those of a list that are pending, if `check` lets them. Throws as applyMigrations does. */
export async function applyAll(
  url: string,
  migrations: readonly Migration[],
  check: (pending: readonly Migration[]) => void,
  options: ApplyOptions = {},
): Promise<void> {
  let tries = 1
  const onApplied = (tag: string, milliseconds: number) => {
    tries = 1
    options.onApplied?.(tag, milliseconds)
  }

  for (;;) {
    try {
      return await applyPending(url, migrations, check, { ...options, onApplied })
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
  check: (pending: readonly Migration[]) => void,
  { timeouts = defaultTimeouts, lockWaitMs = defaultLockWaitMs, onApplied }: ApplyOptions,
): Promise<void> =>
  inSession(url, async (client) => {
    const findPending = async (session: pg.Client) =>
      pending(migrations, await readApplied(session))
    const rest = await findPending(client)
    check(rest)
    if (rest.length > 0) {
      await makeTable(client, lockWaitMs)
    }

    for (let [next] = rest; next; [next] = await findPending(client)) {
      const file = next
      const start = performance.now()
      const isApplied = await (file.isTransactional ? applyWhole : applyAlone)(client, file, {
        url,
        timeouts,
        lockWaitMs,
        isDue: async (session) => (await findPending(session))[0] === file,
      })
      if (isApplied) {
        onApplied?.(file.tag, performance.now() - start)
      }
    }
  })

type Turn = {
  url: string
  timeouts: Timeouts
  lockWaitMs: number
  /** Whether it is the turn of this file. Another runner may have been quicker. */
  isDue: (session: pg.Client) => Promise<boolean>
}

async function makeTable(client: pg.Client, lockWaitMs: number): Promise<void> {
  await beginAsOnlyRunner(client, lockWaitMs)
  await client.query(createTable)
  await client.query('commit')
}

async function applyWhole(client: pg.Client, migration: Migration, turn: Turn): Promise<boolean> {
  // The reset at the end of the file before has taken it away.
  await endWithClient(client)
  return runInOneTransaction(client, migration, {
    lockWaitMs: turn.lockWaitMs,
    timeouts: turn.timeouts,
    isDue: () => turn.isDue(client),
    last: { text: record, values: [migration.hash, migration.when] },
  })
}

/**
 * A single statement that cannot run in a transaction, and does no harm when it runs twice. Another
 * session has a transaction with the lock meanwhile: one without a snapshot, for which nothing waits.
 */
const applyAlone = (client: pg.Client, migration: Migration, turn: Turn): Promise<boolean> =>
  inSession(turn.url, async (guard) => {
    const { hash, when } = migration
    const statement = migration.statements[0] ?? ''
    await beginAsOnlyRunner(guard, turn.lockWaitMs)
    await guard.query('set local idle_in_transaction_session_timeout = 0')
    await nobodyRuns(guard, bare(statement), turn.lockWaitMs)
    if (!(await turn.isDue(guard))) {
      await guard.query('rollback')
      return false
    }

    await runAlone(client, migration, bare(statement), turn.timeouts)

    await guard.query(lockHistory)
    const isStillDue = await turn.isDue(guard)
    if (isStillDue) {
      await guard.query(record, [hash, when])
    }
    await guard.query('commit')
    return isStillDue
  })

async function runAlone(
  client: pg.Client,
  migration: Migration,
  statement: string,
  { lockMs }: Timeouts,
): Promise<void> {
  const isConcurrent = /\bconcurrently\b/i.test(statement)
  const index = concurrentIndexOf(statement)

  await endWithClient(client)
  // What runs concurrently holds nobody up, however long it waits and works.
  await setTimeouts(client, { lockMs: isConcurrent ? 0 : lockMs, statementMs: 0 })
  try {
    if (index !== undefined) {
      await dropIfInvalid(client, index)
    }
    await client.query(statement)
    await client.query(resetSession)
  } catch (error) {
    throw new FileFailure(migration, statement, error, 'unknown')
  }
}
