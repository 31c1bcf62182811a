import type { ListedOperation } from '../contract.ts'
import { nameOf } from './examples.ts'

/** Throws for a sample that was not answered with success. */
export function demandSuccess(operation: ListedOperation, status: number, text: string): void {
  if (status >= 400) {
    throw new Error(
      `${nameOf(operation)}: its example, made unique, was refused with ${status} ${text}` +
        mendOf(status),
    )
  }
}

function mendOf(status: number): string {
  if (status === 401 || status === 403) {
    return ': name the resource in src/resources.ts, so that its paths are guarded.'
  }
  return status < 500
    ? ': give the contract an example that can be varied. A field with the id of another row is a ' +
        'column with a foreign key, or ends in the name of that row, as `userId` does.'
    : '.'
}
