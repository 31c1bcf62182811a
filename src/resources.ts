import { events } from './events/resource.ts'
import { users } from './users/resource.ts'

/** Each under the name of its folder in `src/`, which is also the first part of its paths. */
export const resources = {
  users,
  events,
}

type Resource = (typeof resources)[keyof typeof resources]

/** What a caller may be allowed to do, in words. */
export const scopeTexts = together(
  'scope',
  Object.values(resources).map((each) => each.scopes),
) as Intersection<Resource['scopes']>

export type Scope = keyof typeof scopeTexts
export const scopes = Object.keys(scopeTexts) as readonly Scope[]

/** The problems that only resources answer with. */
export type Problems = Intersection<Resource['problems']>
export const problems = together(
  'problem',
  Object.values(resources).map((each) => each.problems),
) as Problems

/** Throws TypeError for a name that two resources have. */
export function together(what: string, all: readonly object[]): object {
  const entries = all.flatMap((each) => Object.entries(each))
  const twice = entries.find(
    ([code], index) => entries.findLastIndex(([other]) => other === code) > index,
  )
  if (twice) {
    throw new TypeError(
      `Two resources have the ${what} ${twice[0]}: let one use that of the other.`,
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
