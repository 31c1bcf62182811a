import { causes, ServiceError } from '../errors.ts'
import type { ProblemCode } from '../problem-statuses.ts'

/** Whether a statement violated the constraint or unique index of this name (SQLSTATE class 23). */
const isViolation = (error: unknown, constraint: string): boolean =>
  causes(error).some(
    (cause) =>
      'code' in cause &&
      /^23/.test(String(cause.code)) &&
      'constraint' in cause &&
      cause.constraint === constraint,
  )

type Conflicts = Readonly<Record<string, () => ServiceError>>

/** The problem to throw when a constraint is violated. */
export const means = (code: ProblemCode, detail: string) => () => new ServiceError(code, detail)

/**
 * For `catch`: throws what the violation of one of these constraints means, or the error itself.
 */
export const orConflict =
  (conflicts: Conflicts) =>
  (error: unknown): never => {
    const [, conflict] = Object.entries(conflicts).find(([name]) => isViolation(error, name)) ?? []
    throw conflict?.() ?? error
  }
