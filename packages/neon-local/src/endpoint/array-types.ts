import { type Cell, description, type Field, nobody, statement } from './exchange.ts'
import type { Session } from './session.ts'

export type ArrayType = { elementTypeID: number; delimiter: string }

// A true array is the type that its element type names as its array: int2vector, point and name
// have elements too, and are printed differently. An array of records is text to Neon's proxy.
const lookup =
  'select a.oid, e.oid, e.typdelim from pg_catalog.pg_type a ' +
  'join pg_catalog.pg_type e on e.oid = a.typelem and e.typarray = a.oid ' +
  'where a.oid = any($1::pg_catalog.oid[]) and a.oid <> 2287'

/** Makes sure that the session knows which columns of a statement are arrays, and of what. */
export async function learnArrayTypes(
  session: Session,
  sql: string,
  params: Cell[],
): Promise<void> {
  const { arrayTypes } = session
  let unknown: number[] = []
  const columns = {
    ...nobody,
    fields(fields: Field[]) {
      unknown = fields.map(({ dataTypeID }) => dataTypeID).filter((id) => !arrayTypes.has(id))
    },
  }
  await session.run(description(sql, params, columns))
  if (unknown.length === 0) {
    return
  }
  const found = {
    ...nobody,
    row([id, elementTypeID, delimiter]: Cell[]) {
      arrayTypes.set(Number(id), {
        elementTypeID: Number(elementTypeID),
        delimiter: delimiter ?? ',',
      })
    },
  }
  await session.run(statement(lookup, [`{${unknown.join(',')}}`], found))
  for (const id of unknown) {
    if (!arrayTypes.has(id)) {
      arrayTypes.set(id, undefined)
    }
  }
}
