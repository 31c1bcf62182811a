import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'

/**
 * The text that `q` is looked for in, by `search.ts`. No name and no `q` has a line feed, so nothing matches across the
 * two.
 */
export const searchedText = ({ name, email }: { name: SQLWrapper; email: SQLWrapper }): SQL =>
  sql`(${name} || e'\\n' || ${email})`
