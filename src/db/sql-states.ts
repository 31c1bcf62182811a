import { causes, ServiceError } from '../errors.ts'
import { reasonOf } from './outcome.ts'

/** Whether a statement named a table that is not there, or that its role may not see. */
export const isUndefinedOrForbidden = (error: unknown): boolean =>
  causes(error).some((cause) => 'code' in cause && /^(?:42P01|42501)$/.test(String(cause.code)))

/** Whether a statement divided by zero (SQLSTATE 22012). */
export const isDivisionByZero = (error: unknown): boolean =>
  causes(error).some((cause) => 'code' in cause && cause.code === '22012')

/** Whether PostgreSQL ended a statement at its `statement_timeout` (SQLSTATE 57014). */
export const isStatementTimeout = (error: unknown): error is ServiceError =>
  error instanceof ServiceError && error.reason === reasonOf(400, { code: '57014' })
