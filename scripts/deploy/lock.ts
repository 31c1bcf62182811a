import { CommandError, exitCodes } from '../command/command.ts'
import { connect } from '../postgres/connection.ts'

/** An arbitrary number, which must never change, nor equal that of the migrations. */
const key = 7_304_193_821

/** More often than a router on the way drops an idle connection. */
const beatMs = 20_000

/**
 * Makes this the only deploy to a database until the stack is closed. Returns a function that checks that
 * it still is. Both throw CommandError.
 */
export async function acquireDeployLock(
  stack: AsyncDisposableStack,
  ownerUrl: string,
): Promise<() => Promise<void>> {
  const client = await connect(ownerUrl)
  stack.defer(() => client.end().catch(() => {}))
  const { rows } = await client.query(`select pg_try_advisory_lock(${key}) as locked`)
  if (!rows[0].locked) {
    throw new CommandError(
      'Nothing was changed: another deploy to this database is at work. Wait for it, and run this again.',
      exitCodes.locked,
    )
  }
  const requireLock = async () => {
    await client.query('select').catch(() => {
      throw new CommandError(
        'The connection that kept other deploys out was lost, and another may have begun.',
      )
    })
  }
  const timer = setInterval(() => requireLock().catch(() => {}), beatMs)
  stack.defer(() => clearInterval(timer))
  return requireLock
}
