import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { ServiceError } from '../errors.ts'

type Versions = '*' | readonly number[]

/** What must hold of a row's version, or nothing is written (RFC 9110 section 13.1). */
export type Precondition = { ifMatch?: Versions | undefined; ifNoneMatch?: Versions | undefined }

/** Whether it holds of some versions of a row alone. */
export const limitsVersions = ({ ifMatch = '*', ifNoneMatch = [] }: Precondition): boolean =>
  ifMatch !== '*' || ifNoneMatch === '*' || ifNoneMatch.length > 0

/** As a condition on a version; of `preconditionValues`. */
export const meetsPrecondition = (version: SQLWrapper): SQL =>
  sql`coalesce(${version} = any(${sql.placeholder('@match')}::integer[]), true)
      and coalesce(${version} <> all(${sql.placeholder('@noneMatch')}::integer[]), true)`

/** Null holds of any version, and an empty list of `@match` of none. */
export const preconditionValues = ({ ifMatch = '*', ifNoneMatch = [] }: Precondition) => ({
  '@match': ifNoneMatch === '*' ? '{}' : ifMatch === '*' ? null : `{${ifMatch}}`,
  '@noneMatch': ifNoneMatch === '*' ? '{}' : `{${ifNoneMatch}}`,
})

/** Throws `precondition-failed` when it does not hold of the version of this, which `noun` names. */
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
