import type * as z from 'zod/mini'
import type { ValidationFault } from '../errors.ts'

export type Target = 'param' | 'query' | 'header' | 'json'

/**
 * Only what looks like a name is repeated. Anything else may be a misplaced value, such as an
 * email.
 */
const nameable = /^[\w-]{1,64}$/

/** So that an answer is never much longer than its request. */
const maxUnknownNames = 20

/**
 * The faults that one issue of zod with this `value` stands for. They name fields and never repeat
 * a value.
 */
export function faultsOf(
  target: Target,
  issue: z.core.$ZodIssue,
  value?: unknown,
): ValidationFault[] {
  const { path } = issue
  if (issue.code !== 'unrecognized_keys') {
    // Whatever else a schema would say of an array.
    const isRepeated = target === 'query' && Array.isArray(Object(value)[path[0] ?? ''])
    return [faultAt(target, path, isRepeated ? 'must be given once' : issue.message)]
  }
  const named = issue.keys
    .slice(0, maxUnknownNames)
    .map((key) =>
      nameable.test(key)
        ? faultAt(target, [...path, key], `is not ${known[target]}`)
        : faultAt(target, path, `has a name that is not ${known[target]}`),
    )
  const more = issue.keys.length - named.length
  return more > 0
    ? [...named, faultAt(target, path, `has ${more} more of which none is ${known[target]}`)]
    : named
}

const known = {
  param: 'a part of this path',
  query: 'a parameter of this path',
  header: 'a header of this path',
  json: 'a field of this body',
}

function faultAt(target: Target, path: readonly PropertyKey[], detail: string): ValidationFault {
  const names = path.map(String)

  switch (target) {
    case 'json':
      return { pointer: names.map((name) => `/${name}`).join(''), detail }
    case 'header':
      return { header: names.join().replace(/(?:^|-)./g, (start) => start.toUpperCase()), detail }
    default:
      return { parameter: names.join('.'), detail }
  }
}
