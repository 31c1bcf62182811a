import type { Database } from '../db/client.ts'
import { type UserRow, users } from '../db/tables.ts'
import { orEmailTaken } from './email-taken.ts'
import type { NewUser } from './schema.ts'

/** Throws `email-taken`. */
export async function createUser(db: Database, newUser: NewUser): Promise<UserRow> {
  // Checking first and inserting second would let two requests for one address both pass the check.
  const [user] = await db.insert(users).values(newUser).returning().catch(orEmailTaken)

  if (!user) {
    throw new TypeError('An insert without a conflict clause has returned no row.')
  }
  return user
}
