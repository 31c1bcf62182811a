import { toSnakeCase } from 'drizzle-orm/casing'
import { getTableConfig } from 'drizzle-orm/pg-core'
import type { Rows } from './rows.ts'

/**
 * The codes of the conflicts of rows, for their contract. Whoever writes a row can break what its own table
 * demands, and whoever removes one what other tables demand.
 */
export function conflictCodes<Seen, New>({ table, conflicts }: Rows<Seen, New>) {
  const { checks, foreignKeys, indexes, primaryKeys, uniqueConstraints } = getTableConfig(table)
  const own = new Set(
    [
      ...[...foreignKeys, ...primaryKeys, ...uniqueConstraints].map((key) => key.getName()),
      ...checks.map((check) => check.name),
      ...indexes.map(({ config }) => config.name),
    ].map((name) => toSnakeCase(name ?? '')),
  )
  const { ofWrites = [], ofRemovals = [] } = Object.groupBy(Object.entries(conflicts), ([name]) =>
    own.has(toSnakeCase(name)) ? 'ofWrites' : 'ofRemovals',
  )
  const codes = (entries: typeof ofWrites) => [
    ...new Set(entries.map(([, conflict]) => conflict().code)),
  ]

  return { ofWrites: codes(ofWrites), ofRemovals: codes(ofRemovals) }
}
