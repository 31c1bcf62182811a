import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db/connection.ts'
import type { Row } from '../db/run.ts'
import type { Statement } from '../db/statement.ts'
import { orConflict } from './conflicts.ts'
import { hasId, idValues, notFound } from './get.ts'
import { demandPrecondition, type Precondition, preconditionValues } from './precondition.ts'
import type { Id, Rows } from './rows.ts'

/** Far more than others can write into a row between two moments of one statement. */
const maxTries = 5

type Write = {
  statement: Statement
  values?: object
  precondition?: Precondition | undefined
}

/**
 * Runs a statement of `orTold`, and gives what it says of the row that it wrote, or that it had no need
 * to write.
 *
 * Throws what the rows say of one that is not there, `precondition-failed`, and the conflicts of the rows.
 */
export async function writeRow<Seen, New>(
  db: Database,
  rows: Rows<Seen, New>,
  id: Id,
  { statement, values, precondition = {} }: Write,
): Promise<Row> {
  const all = { ...values, ...idValues(rows, id), ...preconditionValues(precondition) }

  for (let tries = 0; tries < maxTries; tries += 1) {
    const [row] = await db.run(statement, all).catch(orConflict(rows.conflicts))
    if (!row) {
      throw notFound(rows, id)
    }
    const [outcome, version, ...told] = row
    if (outcome === 'written') {
      return told
    }
    demandPrecondition(precondition, Number(version), rows.noun)
    if (outcome === 'needless') {
      return told
    }
    // Another wrote after the statement had begun, and before it looked why it could not write.
  }
  throw new TypeError(`A row of ${rows.name} was each time another than a moment before.`)
}

/**
 * Completes a statement that writes one row under a condition. What it could not write it looks at,
 * locked and so at its newest: whether it is there, at which version, and whether there was any need.
 * To lock the row first would cost each write as much again.
 *
 * `write` returns `told`; `isNeedless` tells whether the row is as the write would make it.
 */
export function orTold<Seen, New>(
  rows: Rows<Seen, New>,
  { write, told, isNeedless }: { write: SQL; told: SQL; isNeedless: SQL },
): SQL {
  return sql`
    with written as (${write})
    select 'written', null::integer, * from written
    union all
    select * from (
      select case when ${isNeedless} then 'needless' else 'needed' end, ${versionOf(rows)} as "@version",
             ${told}
      from ${rows.table} where ${hasId(rows)} and not exists (select from written) for update
    ) as found`
}

/** Null for rows that have none. */
export const versionOf = <Seen, New>({ has, column }: Rows<Seen, New>): SQL =>
  has('version') ? sql`${column('version')}` : sql`null::integer`
