import { type SQL, sql } from 'drizzle-orm'
import {
  bigint,
  customType,
  index,
  integer,
  type PgColumn,
  type PgTable,
  pgTable,
  primaryKey,
  text,
  uuid,
} from 'drizzle-orm/pg-core'
import { requestContext } from '../context.ts'
import { moment } from './columns.ts'
import { commas, nameOf, type Rows } from './rows.ts'

/** What a write does to a row. */
export type EventKind = 'create' | 'replace' | 'change' | 'delete' | 'restore' | 'erase' | 'import'

const xid8 = customType<{ data: string }>({ dataType: () => 'xid8' })

const ownColumns = () => ({
  // The order of the feed: see feed.ts.
  transactionId: xid8().notNull().default(sql`pg_current_xact_id()`),
  sequence: bigint({ mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
  /** Random, so that no event passes for another after a restore of the database. */
  id: uuid().notNull().defaultRandom(),
  kind: text().$type<EventKind>().notNull(),
  /** Of the row, after the write. */
  version: integer().notNull(),
  at: moment(),
  /** As the log names them. */
  caller: text().notNull(),
  requestId: text(),
  /** The names of the fields that changed. */
  fields: text().array().notNull(),
})

const rowIdColumn = () => bigint({ mode: 'number' }).notNull()

type Own = keyof ReturnType<typeof ownColumns>

/** A table of events. */
export type Events = PgTable & Record<Own, PgColumn>

const rowIds = new WeakMap<object, PgColumn>()

/**
 * A table that records each write of a row, in the statement of the write. It has no personal data: the
 * names of the fields that changed, which `change.ts` finds out, and no value. `rowId` names the column with
 * the id of the row. No key leads from it to the row, so that events outlive it.
 */
export function eventsOf<const RowId extends string>(name: string, rowId: RowId) {
  const idColumn = { [rowId]: rowIdColumn() } as {
    [Name in RowId]: ReturnType<typeof rowIdColumn>
  }
  const events = pgTable(name, { ...ownColumns(), ...idColumn }, (columns) => {
    const { transactionId, sequence, version, at, kind } = columns as Record<Own, PgColumn>
    const row = (columns as Record<string, PgColumn>)[rowId] as PgColumn
    return [
      primaryKey({ name: `${name}_pkey`, columns: [transactionId, sequence] }),
      // The history of a row.
      index(`${name}_row_idx`).on(row, version, sequence),
      // Where the feed begins for `since`, and what is past its time.
      index(`${name}_at_idx`).on(at),
      // The erasures, which are few and sought among all.
      index(`${name}_erase_idx`).on(transactionId, sequence).where(sql`${kind} = 'erase'`),
    ]
  })
  rowIds.set(events, (events as unknown as Record<string, PgColumn>)[rowId] as PgColumn)
  return events
}

export const isEvents = (table: object): table is Events => rowIds.has(table)

/** The column with the id of the row. Throws TypeError for a table that is not one of events. */
function rowIdOf(events: Events): PgColumn {
  const column = rowIds.get(events)
  if (!column) {
    throw new TypeError('Tables of events are made by eventsOf.')
  }
  return column
}

type Recorded = {
  kind: EventKind
  /** The names of the fields that changed, as an array of texts. */
  fields?: SQL
  /** Which of the rows have one. */
  condition?: SQL
  /** The CTE that gives the rows, joined with what `fields` needs. */
  from?: SQL
}

/**
 * The statement that adds an event for each row of a CTE, `written` if not another, which must return `marksOf`
 * the rows. Its values come from `eventValues`.
 */
export function addEvent(
  events: Events,
  { kind, fields, condition, from = sql`written` }: Recorded,
): SQL {
  const { version, caller, requestId } = events
  const columns = [events.kind, rowIdOf(events), version, caller, requestId, events.fields]
  return sql`
    insert into ${events} (${commas(columns.map((column) => sql`${nameOf(column)}`))})
    select ${sql.raw(`'${kind}'`)}, "@id", "@version", ${sql.placeholder('@by')}, ${sql.placeholder('@request')},
           ${fields ?? fieldNames([])}
    from ${from} ${condition && sql`where ${condition}`}`
}

/** The same as a CTE. */
export const eventOf = (events: Events, recorded: Recorded): SQL =>
  sql`event as (${addEvent(events, recorded)})`

/** What a CTE must return for an event, behind what it tells. */
export const marksOf = <Seen, New>({ column }: Pick<Rows<Seen, New>, 'column'>): SQL =>
  sql`${column('id')} as "@id", ${column('version')} as "@version"`

/** Who writes: outside of a request the service itself, as in the hourly trigger. */
export function eventValues() {
  const { caller = 'service', requestId = null } = requestContext.getStore() ?? {}
  return { '@by': caller, '@request': requestId }
}

/** An array of the names of fields, in SQL. */
export const fieldNames = (fields: readonly string[]): SQL =>
  sql.raw(`'{${fields.join()}}'::text[]`)
