import { type Column, type SQL, sql } from 'drizzle-orm'
import { toIso, toMs } from './moment.ts'

/** How the values of a column are read from PostgreSQL, and written into an answer. */
export type Kind = {
  read: SQL
  json: (value: string) => string
  isNumber?: boolean
  /** What a cursor keeps of it. */
  kept: (value: string) => string
  /** SQL that turns what a cursor keeps into a value of the column again. */
  position: (kept: SQL) => SQL
}

const asItIs = <Value>(value: Value) => value
const inCursor = { kept: asItIs<string>, position: asItIs<SQL> }
const trueOrFalse = (value: string) => (value === 't' ? 'true' : 'false')

/** Throws TypeError for a column whose type it cannot write as JSON. */
export function kindOf(column: Column): Kind {
  const read = sql`${column}`

  switch (column.dataType) {
    case 'string':
      return { read, json: JSON.stringify, ...inCursor }
    case 'number':
      return { read, json: numberOf(column), isNumber: true, ...inCursor }
    case 'boolean':
      return { read, json: trueOrFalse, ...inCursor }
    case 'date':
      return {
        // As text it would depend on the DateStyle and the TimeZone of the session. Milliseconds, which are
        // computed, cost PostgreSQL a tenth of a whole list more than this, which is what it stores.
        read: sql`encode(${sql.raw(senderOf(column))}(${column}), 'base64')`,
        json: (value) => `"${toIso(toMs(value))}"`,
        kept: (value) => String(toMs(value)),
        // Seconds and milliseconds apart, because a double is too coarse for both.
        position: (kept) =>
          sql`to_timestamp(${kept}::bigint / 1000) + ${kept}::bigint % 1000 * interval '1 millisecond'`,
      }
    case 'json':
      // A json value keeps its line breaks, which would end a line of an export.
      return { read: sql`to_jsonb(${column})`, json: asItIs, ...inCursor }
    case 'array':
      return { read: sql`to_json(${column})`, json: asItIs, ...inCursor }
    default:
      throw new TypeError(`The column ${column.name} (${column.dataType}) has no form in JSON.`)
  }
}

/** A moment without a time zone is one of UTC; `timestamptz_send` would take it for one of the session's. */
const senderOf = (column: Column) =>
  column.getSQLType().endsWith('with time zone') ? 'timestamptz_send' : 'timestamp_send'

/** JSON has neither `NaN` nor `Infinity`: they become null. */
const numberOf = (column: Column) =>
  /int|serial/.test(column.getSQLType()) ? asItIs : (value: string) => JSON.stringify(Number(value))
