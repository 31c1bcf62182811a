/** What happened to users. The scope and the problems are those of the users and of every feed. */
export const events = {
  scopes: {},
  problems: {},
} as const
