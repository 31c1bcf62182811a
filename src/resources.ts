import { events } from './events/resource.ts'
import { users } from './users/resource.ts'

/** Each under the name of its folder in `src/`, which is also the first part of its paths. */
export const resources = {
  users,
  events,
}

type Resource = (typeof resources)[keyof typeof resources]

/** What a caller may be allowed to do. */
export type Scope = Resource['scopes'][number]
export const scopes: readonly Scope[] = Object.values(resources).flatMap((each) => each.scopes)

/** The problems that only resources answer with. */
export type Problems = Intersection<Resource['problems']>
export const problems = together(Object.values(resources).map((each) => each.problems)) as Problems

/** Throws TypeError for a code that two resources have. */
export function together(all: readonly object[]): object {
  const entries = all.flatMap((each) => Object.entries(each))
  const twice = entries.find(
    ([code], index) => entries.findLastIndex(([other]) => other === code) > index,
  )
  if (twice) {
    throw new TypeError(
      `Two resources have the problem ${twice[0]}: let one use that of the other.`,
    )
  }
  return Object.fromEntries(entries)
}

/** Makes `A & B` of `A | B`. */
type Intersection<Union> = (Union extends unknown ? (each: Union) => void : never) extends (
  each: infer All,
) => void
  ? All
  : never
