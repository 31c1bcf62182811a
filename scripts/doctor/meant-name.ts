/** What other tools and services call the same. */
const elsewhere: Readonly<Record<string, string>> = {
  DB_URL: 'DATABASE_URL',
  POSTGRES_URL: 'DATABASE_URL',
  PG_URL: 'DATABASE_URL',
  DIRECT_URL: 'DATABASE_URL_DIRECT',
  DIRECT_DATABASE_URL: 'DATABASE_URL_DIRECT',
  DATABASE_URL_UNPOOLED: 'DATABASE_URL_DIRECT',
  POSTGRES_URL_NON_POOLING: 'DATABASE_URL_DIRECT',
}

/** The name of ours that is two mistakes away at most, or means the same elsewhere. */
export function meantName(
  name: string,
  names: readonly string[],
  others: Readonly<Record<string, string>> = elsewhere,
): string | undefined {
  const [nearest] = names
    .map((known) => ({ known, mistakes: distance(name.toUpperCase(), known) }))
    // Half of a short word is another word.
    .filter(({ known, mistakes }) => mistakes <= Math.min(2, known.length / 4))
    .sort((a, b) => a.mistakes - b.mistakes)
  return nearest?.known ?? (Object.hasOwn(others, name) ? others[name] : undefined)
}

/** Levenshtein's. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...to].entries()) {
      next.push(
        Math.min(
          (row[j] ?? 0) + (letter === other ? 0 : 1),
          (row[j + 1] ?? 0) + 1,
          (next[j] ?? 0) + 1,
        ),
      )
    }
    row = next
  }
  return row[to.length] ?? 0
}
