import type pg from 'pg'
import type { Timeouts } from '../postgres/connection.ts'
import { FileFailure, type Rest } from './file-failure.ts'
import type { Migration } from './files.ts'
import { lockHistory } from './history.ts'
import { beginAsOnlyRunner } from './lock.ts'
import { resetSession } from './session-state.ts'

export type OneTransaction = {
  /** How long to wait for another runner. */
  lockWaitMs: number
  timeouts: Timeouts
  /** Whether the file is still the one to run, now that nobody else can. */
  isDue: () => Promise<boolean>
  /** Keeps the record of it. */
  last: { text: string; values: readonly unknown[] }
}

/**
 * Runs the statements of a file in one transaction, as the only runner, and then `last`: only when the
 * transaction is still the one that was begun. Returns false when the file was not due.
 *
 * Throws FileFailure, and CommandError when another runner keeps the lock.
 */
export async function runInOneTransaction(
  client: pg.Client,
  file: Pick<Migration, 'tag' | 'statements'>,
  { lockWaitMs, timeouts, isDue, last }: OneTransaction,
): Promise<boolean> {
  let id: string | undefined
  const run = (statement: string, values?: readonly unknown[]) =>
    client.query(statement, values && [...values]).catch(async (error: unknown) => {
      throw new FileFailure(file, statement, error, await whatIsLeft(client, id))
    })

  await beginAsOnlyRunner(client, lockWaitMs)
  await run(setTimeouts(timeouts))
  // A script of `db:sql` and drizzle-kit know nothing of the other lock.
  await run(lockHistory)
  if (!(await isDue())) {
    await client.query('rollback')
    return false
  }
  id = (await run(currentId)).rows[0].id
  for (const statement of file.statements) {
    await run(statement)
  }
  // Of the checks before, none can see into every statement.
  if ((await run(currentIdIfAny)).rows[0].id !== id) {
    throw new FileFailure(
      file,
      file.statements.at(-1) ?? '',
      'its transaction did not last',
      'some of it',
    )
  }
  await run(resetSession)
  await run(last.text, last.values)
  await run('commit')
  return true
}

const setTimeouts = ({ lockMs, statementMs }: Timeouts) =>
  `set local lock_timeout = ${lockMs}; set local statement_timeout = ${statementMs}`

const currentId = 'select pg_current_xact_id()::text as id'
const currentIdIfAny = 'select pg_current_xact_id_if_assigned()::text as id'

/** Ends the transaction, and asks the server what became of the one that was begun. */
async function whatIsLeft(client: pg.Client, id: string | undefined): Promise<Rest> {
  try {
    await client.query('rollback')
    if (id === undefined) {
      return 'nothing'
    }
    const { rows } = await client.query('select pg_xact_status($1::xid8) as status', [id])
    return rows[0].status === 'aborted' ? 'nothing' : 'some of it'
  } catch {
    return id === undefined ? 'nothing' : 'unknown'
  }
}
