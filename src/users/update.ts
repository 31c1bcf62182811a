import { eq, sql } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { type UserRow, users } from '../db/tables.ts'
import { orEmailTaken } from './email-taken.ts'
import { userNotFound } from './not-found.ts'
import type { UserChanges } from './schema.ts'

/** Throws `user-not-found` and `email-taken`. */
export async function updateUser(db: Database, id: number, changes: UserChanges): Promise<UserRow> {
  const name = sql`coalesce(${changes.name ?? null}, ${users.name})`
  const email = sql`coalesce(${changes.email ?? null}, ${users.email})`
  // What changes nothing is no new version: a client that repeats itself must not disturb others.
  const isChanged = sql`(${users.name}, ${users.email}) is distinct from (${name}, ${email})`

  const [user] = await db
    .update(users)
    .set({
      name,
      email,
      version: sql`${users.version} + (${isChanged})::integer`,
      updatedAt: sql`case when ${isChanged} then now() else ${users.updatedAt} end`,
    })
    .where(eq(users.id, id))
    .returning()
    .catch(orEmailTaken)

  if (!user) {
    throw userNotFound(id)
  }
  return user
}
