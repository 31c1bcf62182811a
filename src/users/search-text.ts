import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'

/** Where `q` looks. The line feed stands in no name and no `q`: nothing is found across the two. */
export const searchText = ({ name, email }: { name: SQLWrapper; email: SQLWrapper }): SQL =>
  sql`(${name} || e'\\n' || ${email})`
