import type pg from 'pg'
import { missingRights } from '../postgres/worker-role.ts'
import { type Finding, fault, ok, warning } from './finding.ts'

const make =
  'Make one with `npm run db:role -- --name NAME`, and put what it prints into .dev.vars.'

/** Of a migrated database: what the Worker's role may do too little, or too much. */
export async function checkRole(client: pg.Client): Promise<Finding[]> {
  const lack = await firstLack(client)
  if (lack !== undefined) {
    return [
      fault(
        'role',
        `The role of DATABASE_URL may not do the Worker's work: it lacks ${lack}. ${make}`,
      ),
    ]
  }
  return (await mayTooMuch(client))
    ? [warning('role', `The role of DATABASE_URL may change tables. ${make}`)]
    : [ok('role', "The role of DATABASE_URL may do the Worker's work, and no more.")]
}

async function firstLack(client: pg.Client): Promise<string | undefined> {
  try {
    const { rows } = await client.query<{ missing: string }>(await missingRights('current_user'))
    return rows[0]?.missing
  } catch (error) {
    // A schema that it may not enter.
    if (error instanceof Error && 'code' in error && error.code === '42501') {
      return 'usage of a schema'
    }
    throw error
  }
}

/** As the service itself asks. */
async function mayTooMuch(client: pg.Client): Promise<boolean> {
  // Drizzle takes longer to load than all the rest.
  const { PgDialect } = await import('drizzle-orm/pg-core')
  const { isPowerful } = await import('../../src/health/check.ts')
  const { users } = await import('../../src/users/table.ts')
  const { sql, params } = new PgDialect().sqlToQuery(isPowerful([users]))
  const { rows } = await client.query<{ answer: boolean }>(
    `select ${sql} as answer from pg_roles where rolname = current_user`,
    params,
  )
  return rows[0]?.answer === true
}
