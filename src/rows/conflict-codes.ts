import { toSnakeCase } from 'drizzle-orm/casing'
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core'
import type { Rows } from './rows.ts'

/**
 * The codes of the conflicts of rows, for their contract. Whoever writes a row can break what its own table
 * demands, and whoever removes one what tables that refer to it demand.
 */
export function conflictCodes<Seen, New>({ table, conflicts }: Rows<Seen, New>) {
  const { own, ofItself } = constraintNames(table)
  const codesOf = (isAmong: (name: string) => boolean) => {
    const among = Object.entries(conflicts).filter(([name]) => isAmong(toSnakeCase(name)))
    return [...new Set(among.map(([, conflict]) => conflict().code))]
  }
  return {
    ofWrites: codesOf((name) => own.has(name)),
    ofRemovals: codesOf((name) => !own.has(name) || ofItself.has(name)),
  }
}

function constraintNames(table: PgTable) {
  const config = getTableConfig(table)
  const { checks, columns, foreignKeys, indexes, primaryKeys, uniqueConstraints } = config
  const names = (all: readonly (string | undefined)[]) =>
    new Set(all.map((name) => toSnakeCase(name ?? '')))

  return {
    own: names([
      `${config.name}_pkey`,
      ...columns.map(({ uniqueName }) => uniqueName),
      ...[...foreignKeys, ...primaryKeys, ...uniqueConstraints].map((key) => key.getName()),
      ...checks.map(({ name }) => name),
      ...indexes.map((index) => index.config.name),
    ]),
    /** Those of rows that refer to others of the same table. */
    ofItself: names(
      foreignKeys
        .filter((key) => key.reference().foreignTable === table)
        .map((key) => key.getName()),
    ),
  }
}
