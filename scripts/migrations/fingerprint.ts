import type { ClientBase } from 'pg'
import { structureSql } from './structure-sql.ts'

/**
 * The structure of a database in sorted lines: what stands in two fingerprints is the same in both.
 *
 * It does not depend on the name and the owner of the database, nor on the order in which columns
 * were added, which no query may rely on. Grants, comments and data are left out, and so are the
 * schema `drizzle` and what belongs to an extension.
 */
export async function readFingerprint(client: ClientBase): Promise<string[]> {
  // PostgreSQL writes an expression as the session's settings want it, and a database may have its own.
  const script = `begin isolation level repeatable read read only;
    set local search_path = pg_catalog;
    set local timezone = 'UTC';
    set local datestyle = 'ISO, YMD';
    set local intervalstyle = 'postgres';
    set local quote_all_identifiers = off;
    set local standard_conforming_strings = on;
    set local bytea_output = 'hex';
    set local extra_float_digits = 1;
    set local lc_monetary = 'C';
    set local xmlbinary = 'base64';
    ${structureSql};
    commit`
  // Several statements in one round trip answer with several results.
  const results = [await client.query<{ line: string }>(script)].flat()

  return results.flatMap(({ rows }) => rows.map(({ line }) => line.replaceAll('\n', '\\n'))).sort()
}

export type Difference = {
  line: string
  where: 'the database' | 'the migrations'
  /** An extension that no migration has made: the host may have brought it, and it breaks nothing. */
  isNote: boolean
}

/** What one of them has and the other not, in the order of the lines. */
export function compareFingerprints(
  database: readonly string[],
  migrations: readonly string[],
): Difference[] {
  const without = (lines: readonly string[], others: readonly string[]) => {
    const known = new Set(others)
    return lines.filter((line) => !known.has(line))
  }
  const differences: Difference[] = [
    ...without(database, migrations).map((line) => ({
      line,
      where: 'the database' as const,
      isNote: line.startsWith('extension '),
    })),
    ...without(migrations, database).map((line) => ({
      line,
      where: 'the migrations' as const,
      isNote: false,
    })),
  ]
  return differences.sort((one, other) => (one.line < other.line ? -1 : 1))
}

export const describeDifference = ({ line, where }: Difference) => `only in ${where}: ${line}`
