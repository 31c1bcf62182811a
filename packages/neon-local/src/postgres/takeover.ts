import { escapeIdentifier } from 'pg'
import { withClient } from './databases.ts'
import { ownerName } from './owner.ts'
import { firstOwnId, giveObjects } from './takeover-objects.ts'

const owner = escapeIdentifier(ownerName)

/**
 * Gives what the superuser has made to the owner role, in every database of the cluster. What is
 * given already stays as it is, so that an interrupted takeover starts over. (REASSIGN OWNED refuses
 * the first superuser of a cluster: PostgreSQL's own objects are its as well.)
 *
 * With the superuser stay what only a superuser may own, such as event triggers and their functions,
 * extensions and their parts, foreign-data wrappers and subscriptions.
 */
export async function takeOver(superuserUrl: (database: string) => string): Promise<void> {
  const databases = await withClient(superuserUrl('postgres'), async (client) => {
    await client.query(giveRoles)
    await client.query(giveDatabases)
    const { rows } = await client.query<{ datname: string }>(
      'SELECT datname FROM pg_database WHERE datallowconn AND datconnlimit <> -2',
    )
    return rows.map(({ datname }) => datname)
  })
  for (const database of databases) {
    await withClient(`${superuserUrl(database)}?options=${sessionOptions}`, (client) =>
      client.query(giveObjects),
    )
  }
}

/** A database may have settings and triggers of its own, which would refuse an ALTER. */
const sessionOptions = encodeURIComponent(
  '-c event_triggers=off -c default_transaction_read_only=off -c statement_timeout=0',
)

/**
 * Roles that a superuser has made can be changed and granted only by who has them with admin option.
 * A role that leads to a superuser, or to the server's programs and files, is not given.
 */
const giveRoles = `DO $$
DECLARE
  role_name name;
BEGIN
  FOR role_name IN
    SELECT rolname FROM pg_roles AS role
    WHERE oid >= ${firstOwnId} AND rolname <> '${ownerName}'
      AND NOT pg_has_role(oid, '${ownerName}', 'member')
      AND NOT EXISTS (
        SELECT FROM pg_roles AS power
        WHERE (power.rolsuper OR power.rolname IN
                ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files'))
          AND pg_has_role(role.oid, power.oid, 'member'))
  LOOP
    EXECUTE format('GRANT %I TO ${owner} WITH ADMIN OPTION', role_name);
  END LOOP;
END $$`

const giveDatabases = `DO $$
DECLARE
  statement text;
BEGIN
  FOR statement IN
    SELECT format('ALTER DATABASE %I OWNER TO ${owner}', datname) FROM pg_database
    WHERE datdba = 10 AND datname NOT IN ('template0', 'template1')
    UNION ALL
    SELECT format('ALTER TABLESPACE %I OWNER TO ${owner}', spcname) FROM pg_tablespace
    WHERE spcowner = 10 AND oid >= ${firstOwnId}
  LOOP
    EXECUTE statement;
  END LOOP;
END $$`
