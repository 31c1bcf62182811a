import { getTableName, sql } from 'drizzle-orm'
import { describeRequest } from '../context.ts'
import type { Database } from '../db/connection.ts'
import { cached } from '../db/statement.ts'
import { ServiceError } from '../errors.ts'
import { orConflict } from './conflicts.ts'
import { fieldsOf, names } from './create.ts'
import { eventOf, eventValues, fieldNames, marksOf } from './events.ts'
import type { IdempotencyKeys } from './idempotency-key-tables.ts'
import { commas, given, nameOf, namesOf, type Rows, type SeenRow } from './rows.ts'

export type IdempotencyKey = {
  /** Whose key it is. */
  principal: string
  key: string
}

type Once<Seen> = { row: SeenRow<Seen>; isReplay: boolean }

/**
 * Writes a row only once for each idempotency key, however many requests arrive, even at the same
 * time. A replay gives the row as it now is. Keys live for at least 24
 * hours (`purge-idempotency-keys.ts`).
 *
 * Throws the conflicts of the rows, and `idempotency-key-reused`.
 */
export async function createRowOnce<Seen, New extends object>(
  db: Database,
  rows: Rows<Seen, New>,
  newRow: New,
  { principal, key }: IdempotencyKey,
): Promise<Once<Seen>> {
  const { idempotencyKeys: keys } = rows
  if (!keys) {
    throw new TypeError(`The rows of ${rows.name} have no table of idempotency keys.`)
  }
  const requestDigest = await digest(contentOf(rows, newRow))
  const keyReused = () => reused(rows.noun)
  // When two bodies come under one key at once, the index of the keys stops the second.
  const conflicts = { ...rows.conflicts, [`${getTableName(keys)}_pkey`]: keyReused }
  const given = { '@principal': principal, '@key': key, '@digest': requestDigest }
  const values = { ...newRow, ...given, ...eventValues() }
  const attempt = async (onConflict: OnConflict): Promise<Once<Seen> | undefined> => {
    // The lookup has its own snapshot, so it sees the same request that the insertion waited for.
    const statements = [insertion(rows, keys, fieldsOf(newRow), onConflict), lookup(rows, keys)]
    const answers = await db.runAll(statements, values).catch(orConflict(conflicts))
    const [[created], [found]] = [answers[0] ?? [], answers[1] ?? []]
    if (created) {
      return { row: rows.see(created), isReplay: false }
    }
    const [firstDigest, ...row] = found ?? []
    if (found && firstDigest !== requestDigest) {
      throw keyReused()
    }
    return found && { row: rows.see(row), isReplay: true }
  }
  describeRequest({ isRepeatable: true })
  const once = await attempt('do nothing')
  if (once) {
    return once
  }
  // The row conflicts with another. Only a statement that fails names the constraint.
  const [only, ...others] = Object.values(rows.conflicts)
  if (only && others.length === 0) {
    throw only()
  }
  const again = await attempt('fail')
  if (!again) {
    throw new TypeError('An insert without a conflict clause has returned no row.')
  }
  return again
}

type OnConflict = 'do nothing' | 'fail'

const isSameKey = (keys: IdempotencyKeys) =>
  sql`${keys.principal} = ${sql.placeholder('@principal')} and ${keys.key} = ${sql.placeholder('@key')}`

// The key is written together with the row, so a failed request leaves no key behind.
const insertion = <Seen, New>(
  rows: Rows<Seen, New>,
  keys: IdempotencyKeys,
  fields: readonly string[],
  onConflict: OnConflict,
) =>
  cached(
    `create once ${rows.name} ${fields} ${onConflict}`,
    () => sql`
      with written as (
        insert into ${rows.table} (${names(rows, fields)})
        select ${values(rows, fields)}
        where not exists (select from ${keys} where ${isSameKey(keys)})
        ${sql.raw(onConflict === 'do nothing' ? 'on conflict do nothing' : '')}
        returning ${rows.selection}, ${rows.events ? marksOf(rows) : sql`${rows.column('id')} as "@id"`}
      ), stored as (
        insert into ${keys} (${commas(keyColumns(keys))})
        select ${sql.placeholder('@principal')}, ${sql.placeholder('@key')}, ${sql.placeholder('@digest')}, "@id", now() from written
      )${rows.events && sql`, ${eventOf(rows.events, { kind: 'create', fields: fieldNames(fields) })}`}
      select ${namesOf(rows)} from written`,
  )

/** With their types, which PostgreSQL cannot infer in a select. */
const values = <Seen, New>({ column }: Rows<Seen, New>, fields: readonly string[]) =>
  commas(
    fields.map(
      (field) => sql`${given(field, column(field))}::${sql.raw(column(field).getSQLType())}`,
    ),
  )

const keyColumns = ({ principal, key, requestDigest, rowId, createdAt }: IdempotencyKeys) =>
  [principal, key, requestDigest, rowId, createdAt].map((column) => sql`${nameOf(column)}`)

const lookup = <Seen, New>(rows: Rows<Seen, New>, keys: IdempotencyKeys) =>
  cached(
    `find created ${rows.name}`,
    () => sql`
      select ${keys.requestDigest}, ${rows.selection}
      from ${keys} join ${rows.table} on ${rows.column('id')} = ${keys.rowId}
      where ${isSameKey(keys)}`,
  )

/**
 * What one body has and another has not. Where every field must be given, the values alone: so did the
 * versions whose keys may still be in the table.
 */
function contentOf<Seen, New extends object>({ column }: Rows<Seen, New>, newRow: New): object {
  const isRequired = (field: string) => column(field).notNull && !column(field).hasDefault

  return fieldsOf(newRow).every(isRequired) ? Object.values(newRow) : newRow
}

async function digest(content: object): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(content))

  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)).toHex()
}

const reused = (noun: string) =>
  new ServiceError(
    'idempotency-key-reused',
    `This Idempotency-Key came with another body before. Take a new key for a new ${noun}.`,
  )
