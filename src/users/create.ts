import { sql } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { prepared } from '../db/prepared.ts'
import { users } from '../db/tables.ts'
import { orEmailTaken } from './email-taken.ts'
import { type WrittenUser, writtenUser } from './json.ts'
import type { NewUser } from './schema.ts'

const insertion = prepared((db) =>
  db
    .insert(users)
    .values({ name: sql.placeholder('name'), email: sql.placeholder('email') })
    .returning(writtenUser)
    .prepare('create_user'),
)

/** Throws `email-taken`. */
export async function createUser(db: Database, newUser: NewUser): Promise<WrittenUser> {
  // Checking first and inserting second would let two requests for one address both pass the check.
  const [user] = await db.run(insertion(db), newUser).catch(orEmailTaken)

  if (!user) {
    throw new TypeError('An insert without a conflict clause has returned no row.')
  }
  return user
}
