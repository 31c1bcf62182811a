import type pg from 'pg'
import { CommandError, exitCodes } from '../command.ts'
import { connect } from '../migrations/connection.ts'

/** Any number, but for ever this one, and another than that of the migrations. */
const key = 7_304_193_821

/** Makes this the only deploy to a database until the stack is closed. Throws CommandError. */
export async function acquireDeployLock(
  stack: AsyncDisposableStack,
  ownerUrl: string,
): Promise<void> {
  const client: pg.Client = await connect(ownerUrl)
  stack.defer(() => client.end().catch(() => {}))
  const { rows } = await client.query(`select pg_try_advisory_lock(${key}) as locked`)
  if (!rows[0].locked) {
    throw new CommandError(
      'Nothing was changed: another deploy to this database is at work. Wait for it, and run this again.',
      exitCodes.locked,
    )
  }
}
