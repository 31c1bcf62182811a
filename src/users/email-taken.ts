import { ServiceError } from '../errors.ts'

export const emailTaken = () =>
  new ServiceError('email-taken', 'A user with this email already exists, perhaps in other case.')
