import { command } from './exchange.ts'
import type { Session } from './session.ts'
import { within } from './within.ts'

const timeoutMs = 2_000

/** What Neon's proxy runs between two requests: nothing of a session outlives its request. */
export const reset =
  'CLOSE ALL; SET SESSION AUTHORIZATION DEFAULT; RESET ALL; DEALLOCATE ALL; UNLISTEN *; ' +
  'SELECT pg_catalog.pg_advisory_unlock_all(); DISCARD TEMP; DISCARD SEQUENCES'

/** Makes a session as good as new. False when that failed or takes too long: it must go. */
export async function resetSession(session: Session): Promise<boolean> {
  // The proxy always says ROLLBACK; without a transaction that writes a warning to the server's log.
  const sql = session.isInTransaction() ? `ROLLBACK; ${reset}` : reset
  const done = session.run(command(sql)).then(
    () => true,
    () => false,
  )
  return (await within(done, timeoutMs)) ?? false
}
