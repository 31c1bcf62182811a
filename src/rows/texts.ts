import type { Column } from 'drizzle-orm'
import type { Row } from '../db/run.ts'
import { toIso, toMs } from './moment.ts'
import type { Rows } from './rows.ts'

/** A function that turns a row of the `selection` of the rows into texts for CSV. */
export function textsOf<Seen, New>({ fields, column }: Rows<Seen, New>): (row: Row) => string[] {
  const texts = fields.map((field) => textOf(column(field)))

  return (row) =>
    texts.map((text, index) => {
      const value = row[index]
      return value == null ? '' : text(value)
    })
}

/** The other kinds of values are texts as PostgreSQL gives them: see kinds.ts. */
function textOf({ dataType }: Column): (value: string) => string {
  switch (dataType) {
    case 'boolean':
      return (value) => (value === 't' ? 'true' : 'false')
    case 'date':
      return (value) => toIso(toMs(value))
    default:
      return (value) => value
  }
}
