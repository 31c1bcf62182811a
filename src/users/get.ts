import { eq, sql } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { prepared } from '../db/prepared.ts'
import { users } from '../db/tables.ts'
import { type WrittenUser, writtenUser } from './json.ts'
import { userNotFound } from './not-found.ts'
import { type Precondition, preconditionFailed } from './precondition.ts'

const selection = prepared((db) =>
  db
    .select(writtenUser)
    .from(users)
    .where(eq(users.id, sql.placeholder('id')))
    .prepare('get_user'),
)

/** Throws `user-not-found` and, for `If-Match`, `precondition-failed`. */
export async function getUser(
  db: Database,
  id: number,
  { ifMatch = '*' }: Precondition,
): Promise<WrittenUser> {
  const [user] = await db.run(selection(db), { id })

  if (!user) {
    throw userNotFound(id)
  }
  if (ifMatch !== '*' && !ifMatch.includes(user.version)) {
    throw preconditionFailed(user.version)
  }
  return user
}
