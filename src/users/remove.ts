import { inArray, sql } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { prepared } from '../db/prepared.ts'
import { users } from '../db/tables.ts'
import { userNotFound } from './not-found.ts'
import { holds, type Precondition, preconditionFailed, preconditionValues } from './precondition.ts'
import { lockTarget } from './target.ts'

const removal = prepared((db) => {
  const target = lockTarget(db)
  const removed = db.$with('removed').as(
    db
      .delete(users)
      .where(
        inArray(users.id, db.select({ id: target.id }).from(target).where(holds(target.version))),
      )
      .returning({ removedId: users.id }),
  )
  return db
    .with(target, removed)
    .select({ version: target.version, removedId: removed.removedId })
    .from(target)
    .leftJoin(removed, sql`true`)
    .prepare('remove_user')
})

/** Throws `user-not-found` and `precondition-failed`. */
export async function removeUser(
  db: Database,
  id: number,
  precondition: Precondition,
): Promise<void> {
  const [found] = await db.run(removal(db), { id, ...preconditionValues(precondition) })

  if (!found) {
    throw userNotFound(id)
  }
  if (found.removedId === null) {
    throw preconditionFailed(found.version)
  }
}
