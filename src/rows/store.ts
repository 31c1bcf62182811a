import type { Database } from '../db/connection.ts'
import { addRow } from './add.ts'
import { type Changes, changeRow } from './change.ts'
import { createRow } from './create.ts'
import { eraseRow } from './erase.ts'
import { getRow } from './get.ts'
import { createRowOnce, type IdempotencyKey } from './idempotency-keys.ts'
import { type List, listRows } from './list.ts'
import type { Precondition } from './precondition.ts'
import { removeRow } from './remove.ts'
import { restoreRow } from './restore.ts'
import type { Id, Rows } from './rows.ts'

/** The operations on the rows of a table. The file of each says what it throws. */
export const storeOf = <Seen, New extends object>(db: Database, rows: Rows<Seen, New>) => ({
  list: (caller: string, list: List) => listRows(db, caller, rows, list),

  get: (id: Id, precondition?: Precondition) => getRow(db, rows, id, precondition),

  /** With a key the row is created once, however often the request is repeated. */
  create: async (newRow: New, idempotencyKey?: IdempotencyKey) =>
    idempotencyKey
      ? createRowOnce(db, rows, newRow, idempotencyKey)
      : { row: await createRow(db, rows, newRow), isReplay: false },

  /** One that may be there already. */
  add: (newRow: New) => addRow(db, rows, newRow),

  /** What is left out stays as it is. */
  change: (id: Id, changes: Changes<New>, precondition?: Precondition) =>
    changeRow(db, rows, id, changes, precondition),

  /** All of it. */
  replace: (id: Id, newRow: New, precondition?: Precondition) =>
    changeRow(db, rows, id, newRow, precondition, 'replace'),

  remove: (id: Id, precondition?: Precondition) => removeRow(db, rows, id, precondition),

  /** Takes back what was removed. */
  restore: (id: Id) => restoreRow(db, rows, id),

  /** Removes for good, also what was removed before. */
  erase: (id: Id, precondition?: Precondition) => eraseRow(db, rows, id, precondition),
})
