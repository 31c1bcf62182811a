import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db/connection.ts'
import { cached } from '../db/statement.ts'
import { fieldsOf } from './create.ts'
import { hasId } from './get.ts'
import { limitsVersions, meetsPrecondition, type Precondition } from './precondition.ts'
import { commas, given, type Id, nameOf, type Rows, type SeenRow } from './rows.ts'
import { versionOf, writeOrExplain, writeRow, writeVersion } from './write.ts'

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
  if (fields.length === 0) {
    const statement = cached(`look ${rows.name}`, () => look(rows))
    return rows.see(await writeVersion(db, rows, id, { statement, precondition }))
  }
  if (limitsVersions(precondition)) {
    const statement = cached(`change version ${rows.name} ${fields}`, () =>
      changeVersion(rows, fields),
    )
    const write = { statement, values: changes, precondition }
    return rows.see(await writeVersion(db, rows, id, write))
  }
  const statement = cached(`change ${rows.name} ${fields}`, () => change(rows, fields))
  return rows.see(await writeRow(db, rows, id, { statement, values: changes }))
}

/** For a change without fields. */
const look = <Seen, New>(rows: Rows<Seen, New>): SQL =>
  sql`select 'needless', ${versionOf(rows)}, ${rows.selection}
      from ${rows.table} where ${hasId(rows)}`

/** Writes a row that is there, even when the values are its own: then it keeps its version. */
function change<Seen, New>(rows: Rows<Seen, New>, fields: readonly string[]): SQL {
  const isNew = differs(rows, fields)
  const set = [
    ...newValues(rows, fields),
    ...marks(rows).map(
      ({ column, next }) =>
        sql`${nameOf(column)} = case when ${isNew} then ${next} else ${column} end`,
    ),
  ]
  return sql`
    update ${rows.table} set ${commas(set)} where ${hasId(rows)} returning ${rows.selection}`
}

function changeVersion<Seen, New>(rows: Rows<Seen, New>, fields: readonly string[]): SQL {
  const isNew = differs(rows, fields)
  const set = [
    ...newValues(rows, fields),
    ...marks(rows).map(({ column, next }) => sql`${nameOf(column)} = ${next}`),
  ]
  return writeOrExplain(rows, {
    write: sql`
      update ${rows.table} set ${commas(set)}
      where ${hasId(rows)} and ${meetsPrecondition(rows.column('version'))} and ${isNew}
      returning ${rows.selection}`,
    told: rows.selection,
    isNeedless: sql`not ${isNew}`,
  })
}

/** Whether the row has other values than those given. */
function differs<Seen, New>({ column }: Rows<Seen, New>, fields: readonly string[]): SQL {
  const olds = commas(fields.map((field) => sql`${column(field)}`))
  const news = commas(fields.map((field) => given(field, column(field))))
  return sql`((${olds}) is distinct from (${news}))`
}

const newValues = <Seen, New>({ column }: Rows<Seen, New>, fields: readonly string[]): SQL[] =>
  fields.map((field) => sql`${nameOf(column(field))} = ${given(field, column(field))}`)

/** What follows each change by itself. */
const marks = <Seen, New>({ has, column }: Rows<Seen, New>) => [
  ...(has('version') ? [{ column: column('version'), next: sql`${column('version')} + 1` }] : []),
  ...(has('updatedAt') ? [{ column: column('updatedAt'), next: sql`now()` }] : []),
]
