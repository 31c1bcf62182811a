import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db/connection.ts'
import { cached } from '../db/statement.ts'
import { fieldsOf } from './create.ts'
import { eventOf } from './events.ts'
import { hasId } from './get.ts'
import { limitsVersions, meetsPrecondition, type Precondition } from './precondition.ts'
import { commas, given, type Id, nameOf, namesOf, type Rows, type SeenRow } from './rows.ts'
import { type Parts, versionOf, whole, writeOrExplain, writeRow, writeVersion } from './write.ts'

/** A field that is left out, or undefined, stays as it is. */
export type Changes<New> = { [Field in keyof New]?: New[Field] | undefined }

/** What an event calls it. */
type Kind = 'change' | 'replace'

/**
 * Changes a row, and gives it as it now is. A change that changes nothing makes no new version and no event,
 * so that a client that repeats itself does not disturb others.
 *
 * Throws `notFound` of the rows, `precondition-failed` (412), and the conflicts of the rows.
 */
export async function changeRow<Seen, New>(
  db: Database,
  rows: Rows<Seen, New>,
  id: Id,
  changes: Changes<New>,
  precondition: Precondition = {},
  kind: Kind = 'change',
): Promise<SeenRow<Seen>> {
  const fields = fieldsOf(changes)
  if (fields.length === 0) {
    const statement = cached(`look ${rows.name}`, () => look(rows))
    return rows.see(await writeVersion(db, rows, id, { statement, precondition }))
  }
  if (limitsVersions(precondition)) {
    const statement = cached(`${kind} version ${rows.name} ${fields}`, () =>
      changeVersion(rows, fields, kind),
    )
    const write = { statement, values: changes, precondition }
    return rows.see(await writeVersion(db, rows, id, write))
  }
  const statement = cached(`${kind} ${rows.name} ${fields}`, () => change(rows, fields, kind))
  return rows.see(await writeRow(db, rows, id, { statement, values: changes }))
}

/** For a change without fields. */
const look = <Seen, New>(rows: Rows<Seen, New>): SQL =>
  sql`select 'needless', ${versionOf(rows)}, ${rows.selection}
      from ${rows.table} where ${hasId(rows)}`

/** Writes a row that is there, even when the values are its own: then it keeps its version. */
function change<Seen, New>(rows: Rows<Seen, New>, fields: readonly string[], kind: Kind): SQL {
  const isNew = differs(rows, fields)
  const set = [
    ...newValues(rows, fields),
    ...marks(rows).map(
      ({ column, next }) =>
        sql`${nameOf(column)} = case when ${isNew} then ${next} else ${column} end`,
    ),
  ]
  return whole(update(rows, fields, { set, kind }))
}

function changeVersion<Seen, New>(
  rows: Rows<Seen, New>,
  fields: readonly string[],
  kind: Kind,
): SQL {
  const isNew = differs(rows, fields)
  const set = [
    ...newValues(rows, fields),
    ...marks(rows).map(({ column, next }) => sql`${nameOf(column)} = ${next}`),
  ]
  const condition = sql`${meetsPrecondition(rows.column('version'))} and ${isNew}`
  return writeOrExplain(rows, {
    ...update(rows, fields, { set, kind, condition }),
    look: rows.selection,
    isNeedless: sql`not ${isNew}`,
  })
}

type Update = { set: readonly SQL[]; kind: Kind; condition?: SQL }

/**
 * For an event the row is locked before it is written: only so are the old values, which tell the fields
 * that change, those that the write replaces. (`returning old` came with PostgreSQL 18.) The update finds the
 * row only when it is locked, and the event is of what was locked: so nothing of the update goes through a
 * CTE, which costs PostgreSQL more to plan than the event costs to write.
 */
function update<Seen, New>(
  rows: Rows<Seen, New>,
  fields: readonly string[],
  { set, kind, condition }: Update,
): Parts {
  const { table, events, column } = rows
  const found = sql`where ${hasId(rows)} ${condition && sql`and ${condition}`}`
  const write = (where: SQL) =>
    sql`update ${table} set ${commas(set)} ${where} returning ${rows.selection}`
  const told = namesOf(rows)
  if (!events) {
    return { write: write(found), told }
  }
  const changed = fields.map(
    (field) =>
      sql`case when ${column(field)} is distinct from ${given(field, column(field))}
          then ${sql.raw(`'${field}'`)} end`,
  )
  return {
    before: [
      sql`old as (
        select ${column('id')} as "@id", ${column('version')} + 1 as "@version",
               array_remove(array[${commas(changed)}], null) as "@changed"
        from ${table} ${found} for no key update)`,
      eventOf(events, {
        kind,
        fields: sql`"@changed"`,
        from: sql`old`,
        condition: sql`"@changed" <> '{}'`,
      }),
    ],
    write: write(sql`where ${hasId(rows)} and exists (select from old)`),
    told,
  }
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
