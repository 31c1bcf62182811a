import { users } from './users/resource.ts'

/** By the folder in `src/`, which is also the first part of the paths. */
export const resources = { users }

type Resource = (typeof resources)[keyof typeof resources]

/** What a caller may be allowed to do. */
export type Scope = Resource['scopes'][number]
export const scopes: readonly Scope[] = Object.values(resources).flatMap((each) => each.scopes)

/** What only one resource answers with. */
export type Problems = Intersection<Resource['problems']>
export const problems: Problems = Object.assign(
  {},
  ...Object.values(resources).map((each) => each.problems),
)

/** Of `A | B` it is `A & B`. */
type Intersection<Union> = (Union extends unknown ? (each: Union) => void : never) extends (
  each: infer All,
) => void
  ? All
  : never
