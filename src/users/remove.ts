import { eq } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { users } from '../db/tables.ts'
import { userNotFound } from './not-found.ts'

/** Throws `user-not-found`. */
export async function removeUser(db: Database, id: number): Promise<void> {
  const removed = await db.delete(users).where(eq(users.id, id)).returning({ id: users.id })

  if (removed.length === 0) {
    throw userNotFound(id)
  }
}
