import { setTimeout as sleep } from 'node:timers/promises'
import type { ClientBase } from 'pg'
import { CommandError, exitCodes } from '../command/command.ts'

/** An arbitrary number, which must never change: all runners of a database must use the same. */
const key = 7_304_193_820

const pollMs = 200

/**
 * Makes this session the only runner, until it ends.
 *
 * It polls instead of waiting inside PostgreSQL: a session that waits there has a snapshot, and a `create
 * index concurrently` of the session with the lock would wait for that snapshot.
 */
export async function acquireLock(client: ClientBase, waitMs: number): Promise<void> {
  const deadline = Date.now() + waitMs

  while (!(await tryLock(client))) {
    if (Date.now() >= deadline) {
      throw new CommandError(
        `Another migration has been running for more than ${waitMs / 1_000} s` +
          `${await describeHolder(client)}. Wait for it, or end that session, and run this again.`,
        exitCodes.locked,
      )
    }
    await sleep(pollMs)
  }
}

async function tryLock(client: ClientBase): Promise<boolean> {
  const { rows } = await client.query(`select pg_try_advisory_lock(${key}) as locked`)
  return rows[0].locked
}

async function describeHolder(client: ClientBase): Promise<string> {
  const { rows } = await client.query(
    `select pid from pg_locks
     where locktype = 'advisory' and granted
       and (classid::bigint << 32 | objid::bigint) = ${key}`,
  )
  return rows[0] ? ` in the session with the process id ${rows[0].pid}` : ''
}
