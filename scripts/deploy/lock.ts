import { CommandError, exitCodes } from '../command/command.ts'
import { connect } from '../postgres/connection.ts'

/** Any number, but for ever this one, and another than that of the migrations. */
const key = 7_304_193_821

/** More often than anything on the way forgets a connection that is silent. */
const beatMs = 20_000

/**
 * Makes this the only deploy to a database until the stack is closed. Returns a check that it still
 * is. Both throw CommandError.
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
