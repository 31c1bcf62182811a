import { sql } from 'drizzle-orm'
import { describeRequest } from '../context.ts'
import type { Database } from '../db/connection.ts'
import { cached } from '../db/statement.ts'
import { eventOf, eventValues, fieldNames } from '../rows/events.ts'
import type { UserImport } from './bulk-input.ts'
import type { NewUser } from './input.ts'
import { userEvents, users } from './table.ts'

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
  const [[created, updated] = []] = await db.run(statement, {
    lines: JSON.stringify(first),
    ...eventValues(),
  })
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
  with line as materialized (
    select name, email
    from jsonb_to_recordset(${sql.placeholder('lines')}::jsonb) as line (name text, email text)
  ), old as materialized (${onConflict === 'update' ? before : nobody}
  ), written as (
    insert into ${users} (name, email)
    select name, email from line order by lower(email collate "C")
    on conflict (lower(email collate "C")) ${onConflict === 'update' ? update : sql`do nothing`}
    returning id as "@id", version as "@version", name, email
  ), ${eventOf(userEvents, { kind: 'import', fields: changed, from: withBefore })}
  select count(*) filter (where "@version" = 1), count(*) filter (where "@version" > 1)
  from written`

/** What the lines find, to tell which fields they change. */
const before = sql`
  select ${users.id}, ${users.name}, ${users.email} from line
  join ${users} on lower(${users.email} collate "C") = lower(line.email collate "C")`
const withBefore = sql`written left join old on old.id = "@id"`
const nobody = sql`select 0 as id, '' as name, '' as email where false`

/**
 * Without a look at the row before, both: it is new, or another request wrote it while the import began,
 * and what it was then is not known. (`returning old` came with PostgreSQL 18.)
 */
const changed = sql`coalesce(
  nullif(array_remove(array[case when old.name <> written.name then 'name' end,
                            case when old.email <> written.email then 'email' end], null), '{}'),
  ${fieldNames(['name', 'email'])})`

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
