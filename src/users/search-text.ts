import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'

/**
 * The text that `q` searches. No name and no `q` has a line feed, so nothing matches across the
 * two.
 */
export const searchText = ({ name, email }: { name: SQLWrapper; email: SQLWrapper }): SQL =>
  sql`(${name} || e'\\n' || ${email})`
