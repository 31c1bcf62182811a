import { CommandError, exitCodes } from '../command/command.ts'
import { inSession } from '../postgres/connection.ts'
import { missingRights } from '../postgres/worker-role.ts'
import type { Ground } from './preflight.ts'

/**
 * Whether the role of the secret DATABASE_URL that goes up may do the Worker's work: a version without it
 * would only be not ready, and not say why. Throws CommandError.
 */
export async function requireWorkersRole({
  ownerUrl,
  secrets,
}: Pick<Ground, 'ownerUrl' | 'secrets'>): Promise<void> {
  const url = secrets['DATABASE_URL']
  if (url === undefined) {
    return
  }
  const role = decodeURIComponent(new URL(url).username)
  const [lack] = await inSession(ownerUrl, async (client) => {
    const sql = await missingRights(client.escapeLiteral(role))
    return (await client.query<{ missing: string }>(sql)).rows
  })
  if (lack) {
    throw new CommandError(
      `The role ${role} of the secret DATABASE_URL may not do the Worker's work: it lacks ` +
        `${lack.missing}. Make one with \`npm run db:role -- --name users_worker\`, and put what it ` +
        'prints into the secrets file.',
      exitCodes.configuration,
    )
  }
}
