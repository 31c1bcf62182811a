import { escapeIdentifier, escapeLiteral } from 'pg'
import { withClient } from './databases.ts'

/** As hosted Neon names it. */
export const ownerName = 'neondb_owner'

export const superuserName = 'postgres'

/**
 * Makes the role that owns what people make, or gives it a new password. Like the one of hosted Neon
 * it makes databases and roles, sees and ends sessions, and is no superuser: it runs no program,
 * reaches no file of the server, and of extensions creates the trusted ones.
 */
export async function makeOwner(superuserUrl: string, password: string): Promise<void> {
  const role = escapeIdentifier(ownerName)
  await withClient(superuserUrl, async (client) => {
    const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [ownerName])
    await client.query(
      `${rowCount === 0 ? 'CREATE' : 'ALTER'} ROLE ${role} LOGIN CREATEDB CREATEROLE INHERIT
         NOSUPERUSER NOREPLICATION NOBYPASSRLS PASSWORD ${escapeLiteral(password)}`,
    )
    await client.query(`GRANT pg_monitor, pg_signal_backend TO ${role}`)
  })
}
