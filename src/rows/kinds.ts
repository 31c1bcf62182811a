import { type Column, type SQL, sql } from 'drizzle-orm'
import { toIso } from './moment.ts'

/** How the values of a column are read from PostgreSQL, and written into an answer. */
export type Kind = {
  read: SQL
  json: (value: string) => string
  /** For CSV. */
  text: (value: string) => string
  isNumber?: boolean
  /** SQL that turns what was read into a value of the column again. */
  position: (read: SQL) => SQL
}

const asItIs = <Value>(value: Value) => value
const trueOrFalse = (value: string) => (value === 't' ? 'true' : 'false')

/** Throws TypeError for a column whose type it cannot write as JSON. */
export function kindOf(column: Column): Kind {
  const read = sql`${column}`

  switch (column.dataType) {
    case 'string':
      return { read, json: JSON.stringify, text: asItIs, position: asItIs }
    case 'number':
      return { read, json: numberOf(column), text: asItIs, isNumber: true, position: asItIs }
    case 'boolean':
      return { read, json: trueOrFalse, text: trueOrFalse, position: asItIs }
    case 'date':
      return {
        // As text it would depend on the DateStyle and the TimeZone of the session.
        read: sql`(date_part('epoch', ${column}) * 1000)::bigint`,
        json: (value) => `"${toIso(value)}"`,
        text: toIso,
        // Seconds and milliseconds apart, because a double is too coarse for both.
        position: (read) =>
          sql`to_timestamp(${read}::bigint / 1000) + ${read}::bigint % 1000 * interval '1 millisecond'`,
      }
    case 'json':
      // A json value keeps its line breaks, which would end a line of an export.
      return { read: sql`to_jsonb(${column})`, json: asItIs, text: asItIs, position: asItIs }
    case 'array':
      return { read: sql`to_json(${column})`, json: asItIs, text: asItIs, position: asItIs }
    default:
      throw new TypeError(`The column ${column.name} (${column.dataType}) has no form in JSON.`)
  }
}

/** JSON has neither `NaN` nor `Infinity`: they become null. */
const numberOf = (column: Column) =>
  /int|serial/.test(column.getSQLType()) ? asItIs : (value: string) => JSON.stringify(Number(value))
