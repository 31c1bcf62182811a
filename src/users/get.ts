import { eq } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { type UserRow, users } from '../db/tables.ts'
import { userNotFound } from './not-found.ts'

/** Throws `user-not-found`. */
export async function getUser(db: Database, id: number): Promise<UserRow> {
  const [user] = await db.select().from(users).where(eq(users.id, id))

  if (!user) {
    throw userNotFound(id)
  }
  return user
}
