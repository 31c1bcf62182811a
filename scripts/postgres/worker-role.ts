import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import { CommandError, exitCodes } from '../command/command.ts'
import { readTableNames } from '../migrations/table-names.ts'
import { inSession } from './connection.ts'
import { isConnectionLost } from './transient.ts'

/** What the migration `grant_worker_role` gives its rights to. It cannot log in itself. */
export const group = 'edge_users_worker'

/**
 * PostgreSQL gives up before the Worker does, so that a statement whose answer comes too late is
 * undone more often than unknown. Of the role, because Neon drops what a connection asks for.
 */
const settings = { statement_timeout: '4s', idle_in_transaction_session_timeout: '10s' }

/** Words of ours, not of the standard: letters, digits and underscores, as nobody has to quote them. */
export const isRoleName = (name: string) =>
  /^[a-z][a-z0-9_]{0,62}$/.test(name) && !name.startsWith('pg_') && name !== group

/**
 * Makes the role that the Worker logs in as, or gives it a new password, and returns its connection
 * string. It may read and write rows and nothing else.
 *
 * Throws CommandError, also for a role of this name that may do more.
 */
export async function makeWorkerRole(
  ownerUrl: string,
  name: string,
  password = randomBytes(24).toString('base64url'),
): Promise<string> {
  await inSession(ownerUrl, async (client) => {
    await requireGroup(client)
    await make(client, name, password).catch(async (error: unknown) => {
      throw isConnectionLost(error) ? error : await explain(client, error)
    })
  })
  return Object.assign(new URL(ownerUrl), { username: name, password }).href
}

async function make(client: pg.Client, name: string, password: string): Promise<void> {
  await client.query('begin')
  await client.query(
    (await isThere(client, name))
      ? `alter role ${name} password '${password}'`
      : `create role ${name} login nosuperuser nocreatedb nocreaterole noreplication nobypassrls
         inherit password '${password}'`,
  )
  await client.query(`grant ${group} to ${name}`)
  for (const [setting, value] of Object.entries(settings)) {
    await client.query(`alter role ${name} set ${setting} = '${value}'`)
  }
  await client.query('commit')
}

/**
 * The rights that a Worker needs and that the role, an SQL expression of its name, has not. Each
 * right by itself: of a list, has_table_privilege asks for any one.
 */
export const missingRights = async (role: string) =>
  `select "right" || ' on ' || name as missing
   from (select unnest(array['${(await readTableNames()).join("', '")}']),
                array['select', 'insert', 'update', 'delete']
         union all select 'drizzle.__drizzle_migrations', array['select']) as wanted (name, rights),
        unnest(rights) as "right"
   where not exists (
     select from pg_roles where rolname = ${role}
       and has_schema_privilege(oid, split_part(name, '.', 1), 'usage')
       and has_table_privilege(oid, to_regclass(name), "right"))`

async function requireGroup(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ missing: string }>(await missingRights(`'${group}'`))
  if (rows.length > 0) {
    throw new CommandError(
      `The group ${group} lacks rights in this database (${rows[0]?.missing}): run ` +
        '`npm run db:migrate`. If that has nothing to do, because the database was stamped, run ' +
        'drizzle/0003_grant_worker_role.sql.',
      exitCodes.pending,
    )
  }
}

/** What the role has here beyond the group: what it owns, and what it was granted itself. */
const ownRights = `
  has_database_privilege(pg_roles.oid, current_database(), 'create')
  or exists (select from pg_shdepend
             where refclassid = 'pg_authid'::regclass and refobjid = pg_roles.oid
               and (deptype = 'o' or deptype = 'a' and dbid <> 0)
               and dbid in (0, (select oid from pg_database where datname = current_database())))`

/** A role that may do more than a Worker should is never given out as one. */
async function isThere(client: pg.Client, name: string): Promise<boolean> {
  const { rows } = await client.query(
    `select rolcanlogin and not (rolsuper or rolcreatedb or rolcreaterole or rolreplication or
              rolbypassrls) and rolname <> current_user
            and array(select roleid::regrole::text from pg_auth_members where member = pg_roles.oid)
                = array['${group}']
            and not (${ownRights}) as "isPlain"
     from pg_roles where rolname = $1`,
    [name],
  )
  if (rows[0]?.isPlain === false) {
    throw new CommandError(
      `There is a role ${name} already, which is no Worker's: it may do more, owns something, or ` +
        'belongs elsewhere. Choose another --name.',
      exitCodes.configuration,
    )
  }
  return rows.length > 0
}

/** The statement holds a password, so of an error only its code is looked at. */
async function explain(client: pg.Client, error: unknown): Promise<unknown> {
  await client.query('rollback').catch(() => {})
  if (!(error instanceof Error && 'code' in error)) {
    return error
  }
  if (error.code !== '42501') {
    return new CommandError(`PostgreSQL refused to make the role (${error.code}).`)
  }
  const { rows } = await client.query('select quote_ident(current_user) as role')
  return new CommandError(
    `The role ${rows[0].role} may not make this role a member of ${group}. It takes the right to ` +
      `create roles, and the group itself: let a superuser run: alter role ${rows[0].role} ` +
      `createrole; grant ${group} to ${rows[0].role} with admin option.`,
    exitCodes.configuration,
  )
}
