import { isUniqueViolation } from '../db/errors.ts'
import { ServiceError } from '../errors.ts'

export const emailTaken = () =>
  new ServiceError('email-taken', 'A user with this email already exists, perhaps in other case.')

/** For `catch`: throws `email-taken` for a violation of the email's index, else what it was given. */
export function orEmailTaken(error: unknown): never {
  throw isUniqueViolation(error, 'users_email_key') ? emailTaken() : error
}
