import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { ServiceError } from '../errors.ts'

type Versions = '*' | readonly number[]

/**
 * What a row's version must meet, or nothing is written and the answer is 412 (RFC 9110 section
 * 13.1).
 */
export type Precondition = { ifMatch?: Versions | undefined; ifNoneMatch?: Versions | undefined }

/** Whether only some versions of a row meet it. */
export const limitsVersions = ({ ifMatch = '*', ifNoneMatch = [] }: Precondition): boolean =>
  ifMatch !== '*' || ifNoneMatch === '*' || ifNoneMatch.length > 0

/** The precondition in SQL. Its values come from `preconditionValues`. */
export const meetsPrecondition = (version: SQLWrapper): SQL =>
  sql`coalesce(${version} = any(${sql.placeholder('@match')}::integer[]), true)
      and coalesce(${version} <> all(${sql.placeholder('@noneMatch')}::integer[]), true)`

/** Any version meets null, and none meets an empty `@match`. */
export const preconditionValues = ({ ifMatch = '*', ifNoneMatch = [] }: Precondition) => ({
  '@match': ifNoneMatch === '*' ? '{}' : ifMatch === '*' ? null : `{${ifMatch}}`,
  '@noneMatch': ifNoneMatch === '*' ? '{}' : `{${ifNoneMatch}}`,
})

/**
 * Throws `precondition-failed`, which is a 412 (`problem-statuses.ts`), when the version does not
 * meet it. `noun` names the row.
 */
export function demandPrecondition(
  { ifMatch = '*', ifNoneMatch = [] }: Precondition,
  version: number,
  noun: string,
): void {
  const isMatch = ifMatch === '*' || ifMatch.includes(version)
  if (!isMatch || ifNoneMatch === '*' || ifNoneMatch.includes(version)) {
    throw new ServiceError(
      'precondition-failed',
      `The ${noun} is at version ${version} now: read it again, and decide anew.`,
    )
  }
}
