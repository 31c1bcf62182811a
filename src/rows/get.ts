import { and, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db/connection.ts'
import { cached } from '../db/statement.ts'
import { demandPrecondition, type Precondition } from './precondition.ts'
import { given, type Id, type Rows, type SeenRow } from './rows.ts'

/** Throws `notFound` of the rows and, for `ifMatch`, `precondition-failed` (412). */
export async function getRow<Seen, New>(
  db: Database,
  rows: Rows<Seen, New>,
  id: Id,
  { ifMatch }: Precondition = {},
): Promise<SeenRow<Seen>> {
  const statement = cached(
    `get ${rows.name}`,
    () => sql`select ${rows.selection} from ${rows.table} where ${hasId(rows)}`,
  )
  const [row] = await db.run(statement, idValues(rows, id))

  if (!row) {
    throw notFound(rows, id)
  }
  const seen = rows.see(row)
  demandPrecondition({ ifMatch }, Number(seen.version), rows.noun)
  return seen
}

type Keyed = Pick<Rows<unknown, unknown>, 'key' | 'column'>

/** The condition that finds one row. Its values come from `idValues`. */
export const hasId = ({ key, column }: Keyed): SQL | undefined =>
  and(...key.map((field) => sql`${column(field)} = ${given(`@${field}`, column(field))}`))

const partsOf = ({ key }: Pick<Keyed, 'key'>, id: Id) =>
  key.map((field) => [field, typeof id === 'object' ? id[field] : id] as const)

export const idValues = (rows: Pick<Keyed, 'key'>, id: Id) =>
  Object.fromEntries(partsOf(rows, id).map(([field, value]) => [`@${field}`, value]))

export const notFound = (rows: Pick<Rows<unknown, unknown>, 'key' | 'notFound'>, id: Id) =>
  rows.notFound(partsOf(rows, id).at(-1)?.[1] ?? '')
