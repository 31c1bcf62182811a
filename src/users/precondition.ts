import { type SQLWrapper, sql } from 'drizzle-orm'
import { ServiceError } from '../errors.ts'

type Versions = '*' | readonly number[]

/** What must hold of a user's version, or nothing is written (RFC 9110 section 13.1). */
export type Precondition = { ifMatch?: Versions | undefined; ifNoneMatch?: Versions | undefined }

const match = sql`${sql.placeholder('match')}::integer[]`
const noneMatch = sql`${sql.placeholder('noneMatch')}::integer[]`

/** As a condition on `version`, which is that of a user who is there; of `preconditionValues`. */
export const holds = (version: SQLWrapper) =>
  sql`coalesce(${version} = any(${match}), true) and coalesce(${version} <> all(${noneMatch}), true)`

/** Null holds of any version, and an empty list of `match` of none. */
export const preconditionValues = ({ ifMatch = '*', ifNoneMatch = [] }: Precondition) => ({
  match: ifNoneMatch === '*' ? '{}' : ifMatch === '*' ? null : `{${ifMatch}}`,
  noneMatch: ifNoneMatch === '*' ? '{}' : `{${ifNoneMatch}}`,
})

export const preconditionFailed = (version: number) =>
  new ServiceError(
    'precondition-failed',
    `The user is at version ${version} now: read it again, and decide anew.`,
  )
