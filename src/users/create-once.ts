import { and, eq, getTableColumns, notExists, sql } from 'drizzle-orm'
import { requestContext } from '../context.ts'
import type { Database } from '../db/client.ts'
import { isUniqueViolation } from '../db/errors.ts'
import { idempotencyKeys, type UserRow, users } from '../db/tables.ts'
import { ServiceError } from '../errors.ts'
import { emailTaken } from './email-taken.ts'
import type { NewUser } from './schema.ts'

export type IdempotencyKey = {
  /** Whose key it is. */
  principal: string
  key: string
}

/**
 * Creates a user once for each idempotency key, however often and at once it is asked to. A replay
 * gives the user as it now is.
 *
 * Throws `email-taken` and `idempotency-key-reused`.
 */
export async function createUserOnce(
  db: Database,
  newUser: NewUser,
  { principal, key }: IdempotencyKey,
): Promise<{ user: UserRow; isReplay: boolean }> {
  const requestDigest = await digest(newUser)
  const context = requestContext.getStore()
  if (context) {
    context.isRepeatable = true
  }
  const sameKey = and(eq(idempotencyKeys.principal, principal), eq(idempotencyKeys.key, key))

  // The key is written with the user or not at all: a request that failed leaves none behind.
  const created = db.$with('created', getTableColumns(users)).as(
    sql`insert into ${users} (name, email)
        select ${newUser.name}, ${newUser.email}
        where ${notExists(db.select().from(idempotencyKeys).where(sameKey))}
        on conflict do nothing
        returning *`,
  )
  const stored = db
    .$with('stored')
    .as(
      db
        .insert(idempotencyKeys)
        .select(sql`select ${principal}, ${key}, ${requestDigest}, id, now() from created`),
    )
  const [[user], [found]] = await db
    .batch([
      db.with(created, stored).select().from(created),
      // Of a snapshot of its own: it sees the twin that the first statement has waited for.
      db
        .select({ requestDigest: idempotencyKeys.requestDigest, user: users })
        .from(idempotencyKeys)
        .innerJoin(users, eq(users.id, idempotencyKeys.userId))
        .where(sameKey),
    ])
    .catch(orKeyReused)

  if (user) {
    return { user, isReplay: false }
  }
  if (!found) {
    throw emailTaken()
  }
  if (found.requestDigest !== requestDigest) {
    throw keyReused()
  }
  return { user: found.user, isReplay: true }
}

async function digest({ name, email }: NewUser): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify([name, email]))

  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)).toHex()
}

const keyReused = () =>
  new ServiceError(
    'idempotency-key-reused',
    'This Idempotency-Key came with another body before. Take a new key for a new user.',
  )

/** Two bodies under one key at once: the second is stopped by the key's own index. */
function orKeyReused(error: unknown): never {
  throw isUniqueViolation(error, 'idempotency_keys_pkey') ? keyReused() : error
}
