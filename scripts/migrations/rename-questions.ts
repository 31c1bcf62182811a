import type { Snapshot } from './snapshots.ts'

type Named = Record<string, unknown>

const parts = ['tables', 'enums', 'schemas', 'sequences', 'roles', 'policies', 'views'] as const

/**
 * Whether drizzle-kit would ask, of something that goes and something that comes, if it is a rename.
 * Without a terminal it cannot ask, and still ends as if all were well.
 */
export function asksAboutRenames(before: Snapshot, after: Snapshot): boolean {
  return (
    parts.some((part) => comesAndGoes(before[part], after[part])) ||
    Object.entries(after.tables).some(([name, { columns, policies }]) => {
      const old = before.tables[name]
      return old && (comesAndGoes(old.columns, columns) || comesAndGoes(old.policies, policies))
    })
  )
}

const comesAndGoes = (before: Named, after: Named) =>
  Object.keys(before).some((name) => !(name in after)) &&
  Object.keys(after).some((name) => !(name in before))
