import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db/connection.ts'
import { cached } from '../db/statement.ts'
import { fieldsOf } from './create.ts'
import { hasId } from './get.ts'
import { limitsVersions, meetsPrecondition, type Precondition } from './precondition.ts'
import { commas, given, type Id, nameOf, type Rows, type SeenRow } from './rows.ts'
import { versionOf, writeOrExplain, writeRow } from './write.ts'

/** A field that is left out, or undefined, stays as it is. */
export type Changes<New> = { [Field in keyof New]?: New[Field] | undefined }

/**
 * Changes a row, and gives it as it now is. A change that changes nothing makes no new version, so
 * that a client that repeats itself does not disturb others.
 *
 * Throws `notFound` of the rows, `precondition-failed` (412), and the conflicts of the rows.
 */
export async function changeRow<Seen, New>(
  db: Database,
  rows: Rows<Seen, New>,
  id: Id,
  changes: Changes<New>,
  precondition: Precondition = {},
): Promise<SeenRow<Seen>> {
  const fields = fieldsOf(changes)
  const isConditional = limitsVersions(precondition)
  const statement = cached(`change ${rows.name} ${fields} ${isConditional}`, () =>
    fields.length === 0 ? look(rows) : change(rows, fields, isConditional),
  )
  return rows.see(await writeRow(db, rows, id, { statement, values: changes, precondition }))
}

/** For a change without fields. */
const look = <Seen, New>(rows: Rows<Seen, New>) =>
  sql`select 'needless', ${versionOf(rows)}, ${rows.selection}
      from ${rows.table} where ${hasId(rows)}`

function change<Seen, New>(
  rows: Rows<Seen, New>,
  fields: readonly string[],
  isConditional: boolean,
): SQL {
  const { table, selection, has, column } = rows
  const olds = commas(fields.map((field) => sql`${column(field)}`))
  const news = commas(fields.map((field) => given(field, column(field))))
  const set = [
    ...fields.map((field) => sql`${nameOf(column(field))} = ${given(field, column(field))}`),
    ...(has('version') ? [sql`${nameOf(column('version'))} = ${column('version')} + 1`] : []),
    ...(has('updatedAt') ? [sql`${nameOf(column('updatedAt'))} = now()`] : []),
  ]
  const condition = isConditional ? sql`and ${meetsPrecondition(column('version'))}` : sql``

  return writeOrExplain(rows, {
    write: sql`
      update ${table} set ${commas(set)}
      where ${hasId(rows)} ${condition} and (${olds}) is distinct from (${news})
      returning ${selection}`,
    told: selection,
    isNeedless: sql`(${olds}) is not distinct from (${news})`,
  })
}
