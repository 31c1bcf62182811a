import { type Column, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { kept } from '../db/statement.ts'
import { demand, type Precondition } from './precondition.ts'
import { given, type Rows, type SeenRow } from './rows.ts'

/** Throws what the rows say of one that is not there and, for `ifMatch`, `precondition-failed`. */
export async function getRow<Seen, New>(
  db: Database,
  rows: Rows<Seen, New>,
  id: number | string,
  { ifMatch }: Precondition = {},
): Promise<SeenRow<Seen>> {
  const statement = kept(
    `get ${rows.name}`,
    () => sql`select ${rows.selection} from ${rows.table} where ${hasId(rows)}`,
  )
  const [row] = await db.run(statement, { '@id': id })

  if (!row) {
    throw rows.notFound(id)
  }
  const seen = rows.see(row)
  demand({ ifMatch }, Object(seen).version, rows.noun)
  return seen
}

/** Of a statement about one row. */
export const hasId = ({ key, column }: { key: string; column: (field: string) => Column }): SQL =>
  sql`${column(key)} = ${given('@id', column(key))}`
