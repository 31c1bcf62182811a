import { type SQL, sql } from 'drizzle-orm'
import { toSnakeCase } from 'drizzle-orm/casing'
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core'

/** What the code needs from a table, by PostgreSQL's names. */
function needsOf(table: PgTable) {
  const { name, columns, indexes, primaryKeys } = getTableConfig(table)
  const nameOf = (column: { name: string }) => toSnakeCase(column.name)

  return {
    table: name,
    columns: columns.map((column) => ({ name: nameOf(column), type: column.getSQLType() })),
    // The columns to which every insert gives a value.
    filled: columns.filter(({ notNull, hasDefault }) => notNull && !hasDefault).map(nameOf),
    // Upserts rely on them, and conflicts are recognised by their names.
    uniques: [
      ...indexes.filter(({ config }) => config.unique).map(({ config }) => config.name),
      ...primaryKeys.map((key) => key.getName()),
    ],
  }
}

/**
 * The first thing that keeps requests from working on these tables, such as `missing-column
 * users.email`, or null. It reads the catalog alone, so that it waits for no lock and never fails
 * because of what it finds.
 */
export function firstMismatch(tables: readonly PgTable[]): SQL {
  const needs = tables.map(needsOf)

  // Unqualified, as in the statements: the search path and the right to use the schema count too.
  return sql`(
    with needs as materialized (
      select *, to_regclass("table") as relation
      from jsonb_to_recordset(${JSON.stringify(needs)}::jsonb)
           as _ ("table" text, columns jsonb, filled text[], uniques text[])
    ), needed as (
      select "table", relation, name, type
      from needs, jsonb_to_recordset(columns) as _ (name text, type text)
    ), found as (
      select needs.*, attname, atttypid, attnotnull and not atthasdef and attidentity = '' as is_bare
      from needs join pg_attribute on attrelid = relation and attnum > 0 and not attisdropped
    )
    select mismatch from (
      select 1, 'missing-table ' || "table" from needs where relation is null
      union all
      select 2, 'missing-column ' || "table" || '.' || name from needed
      where not exists (select from found where found.relation = needed.relation and attname = name)
      union all
      select 3, 'column-type ' || "table" || '.' || name
      from needed join pg_attribute on attrelid = relation and attname = name
      where (select count(distinct typcategory) from pg_type where oid in (atttypid, to_regtype(type))) > 1
      union all
      select 4, 'required-column ' || "table" from found where is_bare and attname <> all (filled)
      union all
      select 5, 'missing-right ' || "table" || ' ' || "right"
      from needs, unnest(array['select', 'insert', 'update', 'delete']) as "right"
      where not has_table_privilege(relation, "right")
      union all
      select 6, 'missing-index ' || name from needs, unnest(uniques) as name
      where not exists (
        select from pg_index
        where indexrelid = to_regclass(name) and indrelid = relation
          and indisunique and indisvalid and indpred is null)
      union all
      select 7, 'row-security ' || "table" from needs
      where row_security_active(relation)
        and not exists (select from pg_policy where polrelid = relation)
    ) as _ (rank, mismatch)
    order by rank, mismatch limit 1)`
}

/** True on a replica, and where somebody has made the role or the database read-only. */
export const isReadOnly = sql`current_setting('transaction_read_only')::boolean`
