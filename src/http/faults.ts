import type * as z from 'zod'
import type { Fault } from '../errors.ts'

export type Target = 'param' | 'query' | 'json'

/** Names of fields that do not exist are the client's own words: enough of them to recognise one. */
const maxNameLength = 64

/** The faults of one issue of zod. They name fields and never repeat a value. */
export function faultsOf(target: Target, issue: z.core.$ZodIssue): Fault[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) =>
      faultAt(target, [...issue.path, key.slice(0, maxNameLength)], unknownName(target)),
    )
  }
  return [faultAt(target, issue.path, issue.message)]
}

const unknownName = (target: Target) =>
  target === 'json' ? 'is not a field of a user' : 'is not a parameter of this path'

function faultAt(target: Target, path: readonly PropertyKey[], detail: string): Fault {
  return target === 'json'
    ? { pointer: path.map(referenceToken).join(''), detail }
    : { parameter: path.map(String).join('.'), detail }
}

/** RFC 6901 section 3. */
const referenceToken = (key: PropertyKey) =>
  `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`
