import { and, not, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { ServiceError } from '../errors.ts'

type Versions = '*' | readonly number[]

/** What must hold of a user's version, or nothing is written (RFC 9110 section 13.1). */
export type Precondition = { ifMatch?: Versions | undefined; ifNoneMatch?: Versions | undefined }

/** As a condition on `version`, which is that of a user who is there. */
export const holds = ({ ifMatch, ifNoneMatch }: Precondition, version: SQLWrapper) =>
  and(ifMatch && isOneOf(ifMatch, version), ifNoneMatch && not(isOneOf(ifNoneMatch, version)))

function isOneOf(versions: Versions, version: SQLWrapper): SQL {
  if (versions === '*') {
    return sql`true`
  }
  return versions.length === 0 ? sql`false` : sql`${version} in ${versions}`
}

export const preconditionFailed = (version: number) =>
  new ServiceError(
    'precondition-failed',
    `The user is at version ${version} now: read it again, and decide anew.`,
  )
