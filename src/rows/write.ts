import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db/connection.ts'
import type { Row } from '../db/run.ts'
import type { Statement } from '../db/statement.ts'
import { ServiceError } from '../errors.ts'
import { orConflict } from './conflicts.ts'
import { eventValues } from './events.ts'
import { hasId, idValues, notFound } from './get.ts'
import { demandPrecondition, type Precondition, preconditionValues } from './precondition.ts'
import { commas, type Id, type Rows } from './rows.ts'

/** More than other requests change a row while one statement runs, unless they do nothing else. */
const maxTries = 5

/**
 * Tries again while `attempt` gives nothing, because others changed the row after its statement had begun.
 *
 * Throws `database-unavailable` when they do so each time. Nothing was changed then.
 */
export async function untilSettled<Result extends object>(
  noun: string,
  attempt: () => Promise<Result | undefined>,
): Promise<Result> {
  for (let tries = 0; tries < maxTries; tries += 1) {
    const result = await attempt()
    if (result) {
      return result
    }
  }
  throw new ServiceError(
    'database-unavailable',
    `Other requests change this ${noun} all the time. Nothing was changed: try again.`,
    { reason: 'contended' },
  )
}

type Write = { statement: Statement; values?: object }

/**
 * Runs a statement that writes a row whatever its version, and gives what it returns.
 *
 * Throws `notFound` of the rows, and their conflicts.
 */
export async function writeRow<Seen, New>(
  db: Database,
  rows: Rows<Seen, New>,
  id: Id,
  { statement, values }: Write,
): Promise<Row> {
  const [row] = await db
    .run(statement, { ...values, ...eventValues(), ...idValues(rows, id) })
    .catch(orConflict(rows.conflicts))
  if (!row) {
    throw notFound(rows, id)
  }
  return row
}

/**
 * Runs a statement of `writeOrExplain`, and gives what it tells about the row that it wrote, or did not
 * need to write.
 *
 * Throws `notFound` of the rows, `precondition-failed` (412), and the conflicts of the rows.
 */
export async function writeVersion<Seen, New>(
  db: Database,
  rows: Rows<Seen, New>,
  id: Id,
  { precondition, statement, values }: Write & { precondition: Precondition },
): Promise<Row> {
  const all = { ...values, ...preconditionValues(precondition) }

  return untilSettled(rows.noun, async () => {
    const [outcome, version, ...told] = await writeRow(db, rows, id, { statement, values: all })
    if (outcome === 'written') {
      return told
    }
    demandPrecondition(precondition, Number(version), rows.noun)
    // Or another request wrote the row after this statement began, and before it looked at the row.
    return outcome === 'needless' ? told : undefined
  })
}

/** A statement that writes one row, in parts. */
export type Parts = {
  /** CTEs beside it, which do not read what it returns. */
  before?: readonly SQL[]
  /** Returns `told`, and what the CTEs behind it need. */
  write: SQL
  /** CTEs that read what it returns, as `written`. */
  behind?: readonly SQL[]
  /** What is told of the row, by its names in `written`. */
  told: SQL
}

/** The whole statement. The write is no CTE, which costs more, when nothing reads what it returns. */
export function whole({ before = [], write, behind = [], told }: Parts): SQL {
  if (behind.length > 0) {
    return sql`${ctes({ before, write, behind })} select ${told} from written`
  }
  return before.length > 0 ? sql`with ${commas(before)} ${write}` : write
}

export const ctes = ({ before = [], write, behind = [] }: Omit<Parts, 'told'>): SQL =>
  sql`with ${commas([...before, sql`written as (${write})`, ...behind])}`

/**
 * Completes a statement that writes one row under a condition. When it has written nothing, it locks the
 * row, so that it sees the newest version, and tells whether the row exists, at which version, and whether
 * there was anything to write. Locking the row first would double the cost of every write.
 *
 * `look` tells of the row what `told` does; `isNeedless` tells whether the row is as the write would make it.
 */
export function writeOrExplain<Seen, New>(
  rows: Rows<Seen, New>,
  { told, look, isNeedless, ...parts }: Parts & { look: SQL; isNeedless: SQL },
): SQL {
  return sql`
    ${ctes(parts)}
    select 'written', null::integer, ${told} from written
    union all
    select * from (
      select case when ${isNeedless} then 'needless' else 'needed' end, ${versionOf(rows)} as "@version",
             ${look}
      from ${rows.table} where ${hasId(rows)} and not exists (select from written) for update
    ) as found`
}

/** Null for rows without a version. */
export const versionOf = <Seen, New>({ has, column }: Rows<Seen, New>): SQL =>
  has('version') ? sql`${column('version')}` : sql`null::integer`
