import { and, eq, sql } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { prepared } from '../db/prepared.ts'
import { users } from '../db/tables.ts'
import { orEmailTaken } from './email-taken.ts'
import { type WrittenUser, writtenUser } from './json.ts'
import { userNotFound } from './not-found.ts'
import { holds, type Precondition, preconditionFailed, preconditionValues } from './precondition.ts'
import type { UserChanges } from './schema.ts'
import { lockTarget } from './target.ts'

const change = prepared((db) => {
  const name = sql`coalesce(${sql.placeholder('name')}, ${users.name})`
  const email = sql`coalesce(${sql.placeholder('email')}, ${users.email})`
  // What changes nothing is no new version: a client that repeats itself must not disturb others.
  const isChanged = sql`(${users.name}, ${users.email}) is distinct from (${name}, ${email})`

  const target = lockTarget(db)
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
      .where(and(eq(users.id, target.id), holds(target.version)))
      .returning(writtenUser),
  )
  return db
    .with(target, changed)
    .select({ found: target.version, version: changed.version, json: changed.json })
    .from(target)
    .leftJoin(changed, sql`true`)
    .prepare('update_user')
})

/** Throws `user-not-found`, `precondition-failed` and `email-taken`. */
export async function updateUser(
  db: Database,
  id: number,
  { name, email }: UserChanges,
  precondition: Precondition,
): Promise<WrittenUser> {
  const values = {
    id,
    name: name ?? null,
    email: email ?? null,
    ...preconditionValues(precondition),
  }
  const [target] = await db.run(change(db), values).catch(orEmailTaken)

  if (!target) {
    throw userNotFound(id)
  }
  const { found, version, json } = target
  if (version === null || json === null) {
    throw preconditionFailed(found)
  }
  return { id, version, json }
}
