import { and, eq, getTableColumns, sql } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { type UserRow, users } from '../db/tables.ts'
import { orEmailTaken } from './email-taken.ts'
import { userNotFound } from './not-found.ts'
import { holds, type Precondition, preconditionFailed } from './precondition.ts'
import type { UserChanges } from './schema.ts'
import { lockTarget } from './target.ts'

/** Throws `user-not-found`, `precondition-failed` and `email-taken`. */
export async function updateUser(
  db: Database,
  id: number,
  changes: UserChanges,
  precondition: Precondition,
): Promise<UserRow> {
  const name = sql`coalesce(${changes.name ?? null}, ${users.name})`
  const email = sql`coalesce(${changes.email ?? null}, ${users.email})`
  // What changes nothing is no new version: a client that repeats itself must not disturb others.
  const isChanged = sql`(${users.name}, ${users.email}) is distinct from (${name}, ${email})`

  const target = lockTarget(db, id)
  const changed = db.$with('changed').as(
    db
      .update(users)
      .set({
        name,
        email,
        version: sql`${users.version} + (${isChanged})::integer`,
        updatedAt: sql`case when ${isChanged} then now() else ${users.updatedAt} end`,
      })
      .from(target)
      .where(and(eq(users.id, target.id), holds(precondition, target.version)))
      .returning(getTableColumns(users)),
  )
  const [found] = await db
    .with(target, changed)
    .select()
    .from(target)
    .leftJoin(changed, sql`true`)
    .catch(orEmailTaken)

  if (!found) {
    throw userNotFound(id)
  }
  if (!found.changed) {
    throw preconditionFailed(found.target.version)
  }
  return found.changed
}
