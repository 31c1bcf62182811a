import { users } from './users/resource.ts'

// A resource adds its line to each. (`app.ts` mounts its routes, `contracts.ts` has its contract.)

/** What a caller may be allowed to do. */
export const scopes = [...users.scopes] as const
export type Scope = (typeof scopes)[number]

/** What only one resource answers with. */
export const problems = { ...users.problems } as const
