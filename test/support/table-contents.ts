import pg from 'pg'

type Row = { table: string; values: Readonly<Record<string, unknown>> }

type Table = {
  name: string
  /** Columns that the database or the clock fills, and those that refer to other rows. */
  opaque: readonly string[]
  references: readonly { columns: readonly string[]; table: string; keys: readonly string[] }[]
}

/** All rows of all tables. */
export type Contents = { tables: readonly Table[]; rows: readonly Row[] }

const columnsOf = (relation: string, numbers: string) => `
  array(select attname::text from unnest(${numbers}) with ordinality as _ (number, place)
        join pg_attribute on attrelid = ${relation} and attnum = number order by place)`

const selectTables = `
  select relname as name,
    array(select attname::text from pg_attribute
          where attrelid = pg_class.oid and attnum > 0 and not attisdropped
            and (attidentity <> '' or attname = 'id' or atttypid in ('timestamptz'::regtype, 'timestamp'::regtype,
                   'uuid'::regtype, 'bytea'::regtype)
                 or exists (select from pg_constraint
                            where conrelid = attrelid and contype = 'f' and attnum = any (conkey)))
         ) as opaque,
    (select coalesce(json_agg(json_build_object(
              'columns', ${columnsOf('conrelid', 'conkey')},
              'table', confrelid::regclass::text,
              'keys', ${columnsOf('confrelid', 'confkey')})), '[]')
     from pg_constraint where conrelid = pg_class.oid and contype = 'f') as references
  from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`

export async function readContents(url: string): Promise<Contents> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows: tables } = await client.query<Table>(selectTables)
    const all = tables.map(
      ({ name }) => `select '${name}' as "table", to_jsonb(_) as values from "${name}" as _`,
    )
    const { rows } = await client.query<Row>(all.join(' union all '))
    return { tables, rows }
  } finally {
    await client.end()
  }
}

/**
 * The rows that hold a label, and those that refer to them, as a text that is the same for each label:
 * without ids, moments and digests.
 */
export function contentsOf({ tables, rows }: Contents, label: string): string {
  const found = new Set(rows.filter(({ values }) => JSON.stringify(values).includes(label)))
  for (let before = -1; before < found.size; ) {
    before = found.size
    for (const row of rows) {
      if (refersTo(tables, row, found)) {
        found.add(row)
      }
    }
  }
  return [...found]
    .map(({ table, values }) => {
      const opaque = tables.find(({ name }) => name === table)?.opaque ?? []
      const told = Object.entries(values).filter(([name]) => !opaque.includes(name))
      return `${table} ${JSON.stringify(told, withoutDigests).replaceAll(label, '…')}`
    })
    .sort()
    .join('\n')
}

const refersTo = (tables: readonly Table[], { table, values }: Row, found: ReadonlySet<Row>) =>
  (tables.find(({ name }) => name === table)?.references ?? []).some((reference) =>
    [...found].some(
      (other) =>
        other.table === reference.table &&
        reference.columns.every(
          (column, index) => values[column] === other.values[reference.keys[index] ?? ''],
        ),
    ),
  )

/** They differ where what they are of does. */
const withoutDigests = (_: string, value: unknown) =>
  typeof value === 'string' && /^[\w+/=-]{40,}$/.test(value) ? '#' : value
