import { and, sql } from 'drizzle-orm'
import { fieldsOf } from './create.ts'
import type { Filter } from './list.ts'
import { given, type Rows } from './rows.ts'

/**
 * Filters the rows whose columns have these values; undefined means any. It needs an index of them.
 */
export function whose<Seen, New extends object>(
  { column }: Rows<Seen, New>,
  values: { [Field in keyof New]?: New[Field] | undefined },
): Filter | undefined {
  const fields = fieldsOf(values)

  return fields.length === 0
    ? undefined
    : {
        form: `whose ${fields}`,
        condition: () =>
          and(...fields.map((field) => sql`${column(field)} = ${given(field, column(field))}`)),
        values,
      }
}
