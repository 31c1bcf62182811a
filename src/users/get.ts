import { eq } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { type UserRow, users } from '../db/tables.ts'
import { userNotFound } from './not-found.ts'
import { type Precondition, preconditionFailed } from './precondition.ts'

/** Throws `user-not-found` and, for `If-Match`, `precondition-failed`. */
export async function getUser(
  db: Database,
  id: number,
  { ifMatch = '*' }: Precondition,
): Promise<UserRow> {
  const [user] = await db.select().from(users).where(eq(users.id, id))

  if (!user) {
    throw userNotFound(id)
  }
  if (ifMatch !== '*' && !ifMatch.includes(user.version)) {
    throw preconditionFailed(user.version)
  }
  return user
}
