/** PostgreSQL's word for a role that may not do what it was asked. */
export const isLackingRight = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === '42501'

/** The mend of that, for what only the owner of the tables does. */
export const ownersMend =
  'This takes the role that owns the tables: set DATABASE_URL_DIRECT to its address. In a new database ' +
  'let a superuser run, for that role: grant create on database NAME to ROLE; grant create on schema ' +
  'public to ROLE.'
