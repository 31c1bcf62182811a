import { inArray, sql } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { users } from '../db/tables.ts'
import { userNotFound } from './not-found.ts'
import { holds, type Precondition, preconditionFailed } from './precondition.ts'
import { lockTarget } from './target.ts'

/** Throws `user-not-found` and `precondition-failed`. */
export async function removeUser(
  db: Database,
  id: number,
  precondition: Precondition,
): Promise<void> {
  const target = lockTarget(db, id)
  const removed = db.$with('removed').as(
    db
      .delete(users)
      .where(
        inArray(
          users.id,
          db.select({ id: target.id }).from(target).where(holds(precondition, target.version)),
        ),
      )
      .returning({ removedId: users.id }),
  )
  const [found] = await db.with(target, removed).select().from(target).leftJoin(removed, sql`true`)

  if (!found) {
    throw userNotFound(id)
  }
  if (!found.removed) {
    throw preconditionFailed(found.target.version)
  }
}
