import { setTimeout as sleep } from 'node:timers/promises'
import type { ClientBase } from 'pg'
import { CommandError, exitCodes } from '../command/command.ts'

/** An arbitrary number, which must never change: all runners of a database must use the same. */
const key = 7_304_193_820

const pollMs = 200

/**
 * Begins a transaction, in which this is the only runner until it ends. A pooler keeps a transaction in
 * one session, but not a lock of the session itself: it would lend that to the next client.
 *
 * It polls instead of waiting inside PostgreSQL: a session that waits there has a snapshot, and a `create
 * index concurrently` of the one with the lock would wait for that snapshot. Of the isolation levels only
 * this one sees what was committed before the lock was free.
 */
export async function beginAsOnlyRunner(client: ClientBase, waitMs: number): Promise<void> {
  const deadline = Date.now() + waitMs

  while (!(await tryBegin(client))) {
    if (Date.now() >= deadline) {
      throw isRunning(waitMs, await findHolder(client))
    }
    await sleep(pollMs)
  }
}

/**
 * Waits until no session runs this statement: a runner that was killed may have left it behind, if it
 * worked outside of the transaction with the lock.
 */
export async function nobodyRuns(
  client: ClientBase,
  statement: string,
  waitMs: number,
): Promise<void> {
  const deadline = Date.now() + waitMs

  for (;;) {
    // The server may keep the beginning alone.
    const { rows } = await client.query(
      `select pid from pg_stat_activity
       where datname = current_database() and state = 'active' and pid <> pg_backend_pid()
         and query <> '' and starts_with($1, query)`,
      [statement],
    )
    if (rows.length === 0) {
      return
    }
    if (Date.now() >= deadline) {
      throw isRunning(waitMs, rows[0].pid)
    }
    await sleep(pollMs)
  }
}

async function tryBegin(client: ClientBase): Promise<boolean> {
  await client.query('begin isolation level read committed')
  const { rows } = await client.query(`select pg_try_advisory_xact_lock(${key}) as locked`)
  if (!rows[0].locked) {
    await client.query('rollback')
  }
  return rows[0].locked
}

async function findHolder(client: ClientBase): Promise<number | undefined> {
  const { rows } = await client.query(
    `select pid from pg_locks
     where locktype = 'advisory' and granted
       and database = (select oid from pg_database where datname = current_database())
       and (classid::bigint << 32 | objid::bigint) = ${key}`,
  )
  return rows[0]?.pid
}

const isRunning = (waitMs: number, pid: number | undefined) =>
  new CommandError(
    `Another migration has been running for more than ${waitMs / 1_000} s` +
      `${pid === undefined ? '' : ` in the session with the process id ${pid}`}. Wait for it, or end ` +
      'that session, and run this again.',
    exitCodes.locked,
  )
