import { and, eq, notExists, sql } from 'drizzle-orm'
import { describeRequest } from '../context.ts'
import type { Database } from '../db/client.ts'
import { isUniqueViolation } from '../db/errors.ts'
import { prepared } from '../db/prepared.ts'
import { idempotencyKeys, users } from '../db/tables.ts'
import { ServiceError } from '../errors.ts'
import { emailTaken } from './email-taken.ts'
import { userJson, type WrittenUser, writtenUser } from './json.ts'
import type { NewUser } from './schema.ts'

export type IdempotencyKey = {
  /** Whose key it is. */
  principal: string
  key: string
}

const [name, email] = [sql.placeholder('name'), sql.placeholder('email')]
const [principal, key] = [sql.placeholder('principal'), sql.placeholder('key')]
const sameKey = and(eq(idempotencyKeys.principal, principal), eq(idempotencyKeys.key, key))

// The key is written with the user or not at all: a request that failed leaves none behind.
const insertion = prepared((db) => {
  const created = db.$with('created', writtenUser).as(
    sql`insert into ${users} (name, email)
        select ${name}, ${email}
        where ${notExists(db.select().from(idempotencyKeys).where(sameKey))}
        on conflict do nothing
        returning ${users.id}, ${users.version}, ${userJson}::text as "json"`,
  )
  const requestDigest = sql.placeholder('requestDigest')
  const stored = db
    .$with('stored')
    .as(
      db
        .insert(idempotencyKeys)
        .select(sql`select ${principal}, ${key}, ${requestDigest}, id, now() from created`),
    )
  return db.with(created, stored).select().from(created).prepare('create_user_once')
})

const lookup = prepared((db) =>
  db
    .select({
      firstDigest: idempotencyKeys.requestDigest,
      ...writtenUser,
    })
    .from(idempotencyKeys)
    .innerJoin(users, eq(users.id, idempotencyKeys.userId))
    .where(sameKey)
    .prepare('find_created_user'),
)

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
): Promise<{ user: WrittenUser; isReplay: boolean }> {
  const requestDigest = await digest(newUser)
  describeRequest({ isRepeatable: true })
  // The lookup has a snapshot of its own: it sees the twin that the insertion has waited for.
  const [[created], [found]] = await db
    .runBoth([insertion(db), lookup(db)], { ...newUser, principal, key, requestDigest })
    .catch(orKeyReused)

  if (created) {
    return { user: created, isReplay: false }
  }
  if (!found) {
    throw emailTaken()
  }
  const { firstDigest, ...user } = found
  if (firstDigest !== requestDigest) {
    throw keyReused()
  }
  return { user, isReplay: true }
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
