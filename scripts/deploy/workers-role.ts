import type pg from 'pg'
import { CommandError, exitCodes } from '../command/command.ts'
import { inSession } from '../postgres/connection.ts'
import { group, missingRights } from '../postgres/worker-role.ts'
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
  const lack = await inSession(ownerUrl, (client) => firstLack(client, role))
  if (lack !== undefined) {
    throw new CommandError(
      `The role ${role} of the secret DATABASE_URL may not do the Worker's work: ${lack}. Make one with \`npm run db:role -- --name users_worker\`, and put what it ` +
        'prints into the secrets file.',
      exitCodes.configuration,
    )
  }
}

async function firstLack(client: pg.Client, role: string): Promise<string | undefined> {
  const { rows } = await client.query<{ isMember: boolean | null }>(
    `select pg_has_role(oid, to_regrole('${group}'), 'usage') as "isMember"
     from pg_roles where rolname = $1`,
    [role],
  )
  const [found] = rows
  if (!found || found.isMember) {
    return found ? undefined : 'there is no such role'
  }
  const rights = await client.query<{ missing: string }>(
    await missingRights(client.escapeLiteral(role)),
  )
  return rights.rows[0] && `it lacks ${rights.rows[0].missing}`
}
