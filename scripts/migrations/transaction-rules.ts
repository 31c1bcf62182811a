import { CommandError, exitCodes } from '../command/command.ts'
import type { Migration } from './files.ts'
import { splitStatements } from './split-statements.ts'

/** Going back to a savepoint ends nothing. */
const transactionControl =
  /^(?:begin|commit|end|rollback(?!(?:\s+work|\s+transaction)?\s+to\b)|abort|(?:start|prepare)\s+transaction)\b/i

const concurrent = /^(?:create\s+(?:unique\s+)?index|drop\s+index|reindex)\b[^']*?\bconcurrently\b/i

/** Throws CommandError for a file that would end its transaction, or that must have none. */
export function runnerOwnsTransactions({
  tag,
  statements: chunks,
  isTransactional,
}: Migration): void {
  const statements = chunks.flatMap(splitStatements)

  if (endsTransaction(statements)) {
    throw broken(
      `${tag} begins or ends a transaction of its own. Each file has one already; what cannot run ` +
        'in one goes into a file that begins with -- migrate:no-transaction.',
    )
  }
  if (isTransactional && worksConcurrently(statements)) {
    throw broken(
      `${tag} works on an index concurrently, which no transaction can hold. Put that statement ` +
        'into a file of its own that begins with -- migrate:no-transaction.',
    )
  }
  if (!isTransactional && statements.length !== 1) {
    throw broken(
      `${tag} runs without a transaction and has ${statements.length} statements. It must have ` +
        'one: of several, a failure would leave some behind.',
    )
  }
}

/** Of statements that splitStatements has told apart. */
export const endsTransaction = (statements: readonly string[]) =>
  statements.some((statement) => transactionControl.test(statement))

export const worksConcurrently = (statements: readonly string[]) =>
  statements.some((statement) => concurrent.test(statement))

const broken = (message: string) => new CommandError(message, exitCodes.history)
