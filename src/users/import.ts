import { sql } from 'drizzle-orm'
import { describeRequest } from '../context.ts'
import type { Database } from '../db/connection.ts'
import { cached } from '../db/statement.ts'
import type { NewUser, UserImport } from './input.ts'
import { users } from './table.ts'

/** A line of the import, counted from 1. */
export type ImportLine = { line: number; value: NewUser }

export type RefusedLine = { line: number; pointer: string; detail: string }

export type ImportResult = {
  created: number
  updated: number
  /** Existing users; with `onConflict: update`, those who are already as the line says. */
  skipped: number
  refused: RefusedLine[]
}

/**
 * Writes all lines in one statement, or none of them. A line whose email stands on an earlier line
 * joins the `refused`.
 */
export async function importUsers(
  db: Database,
  lines: readonly ImportLine[],
  refused: readonly RefusedLine[],
  { onConflict }: UserImport,
): Promise<ImportResult> {
  describeRequest({ isCostly: true })
  const { first, repeated } = separate(lines)
  const statement = cached(`import users ${onConflict}`, () => insertion(onConflict))
  const [[created, updated] = []] = await db.run(statement, { lines: JSON.stringify(first) })
  const counts = { created: Number(created), updated: Number(updated) }

  return {
    ...counts,
    skipped: first.length - counts.created - counts.updated,
    refused: [...refused, ...repeated].sort((one, other) => one.line - other.line),
  }
}

/** A change that changes nothing makes no new version. */
const update = sql`
  do update set name = excluded.name, email = excluded.email,
                version = ${users.version} + 1, updated_at = now()
  where (${users.name}, ${users.email}) is distinct from (excluded.name, excluded.email)`

// In one order: otherwise two imports of the same emails could deadlock.
const insertion = (onConflict: 'skip' | 'update') => sql`
  with written as (
    insert into ${users} (name, email)
    select name, email
    from jsonb_to_recordset(${sql.placeholder('lines')}::jsonb) as line (name text, email text)
    order by lower(email collate "C")
    on conflict (lower(email collate "C")) ${onConflict === 'update' ? update : sql`do nothing`}
    returning version
  )
  select count(*) filter (where version = 1), count(*) filter (where version > 1)
  from written`

function separate(lines: readonly ImportLine[]): { first: NewUser[]; repeated: RefusedLine[] } {
  const lineOf = new Map<string, number>()
  const first: NewUser[] = []
  const repeated: RefusedLine[] = []

  for (const { line, value } of lines) {
    // The same as PostgreSQL's `lower(email collate "C")`, because an email is ASCII.
    const email = value.email.toLowerCase()
    const above = lineOf.get(email)
    if (above === undefined) {
      lineOf.set(email, line)
      first.push(value)
    } else {
      repeated.push({ line, pointer: '/email', detail: `stands on line ${above} already` })
    }
  }
  return { first, repeated }
}
