import { causes, ServiceError } from '../errors.ts'
import type { ProblemCode } from '../problem-statuses.ts'

/** Whether a statement broke the constraint or the unique index of this name (SQLSTATE class 23). */
const isViolation = (error: unknown, constraint: string): boolean =>
  causes(error).some(
    (cause) =>
      'code' in cause &&
      /^23/.test(String(cause.code)) &&
      'constraint' in cause &&
      cause.constraint === constraint,
  )

type Conflicts = Readonly<Record<string, () => ServiceError>>

/** A problem for each time that a constraint is broken. */
export const means = (code: ProblemCode, detail: string) => () => new ServiceError(code, detail)

/** For `catch`: throws what a violation of one of these constraints means, else what it was given. */
export const orConflict =
  (conflicts: Conflicts) =>
  (error: unknown): never => {
    const [, conflict] = Object.entries(conflicts).find(([name]) => isViolation(error, name)) ?? []
    throw conflict?.() ?? error
  }
