import { faker } from '@faker-js/faker/locale/en'
import type { Database } from '../../src/db/client.ts'
import { users } from '../../src/users/table.ts'

/** Rows of one statement: two values each, of the 65,535 that one statement can carry. */
const batchSize = 1_000

/**
 * Adds `count` made-up users, whose addresses lie in the reserved domain example.com (RFC 2606).
 * `onProgress` is told how many there are so far.
 */
export async function addSampleUsers(
  db: Database,
  count: number,
  onProgress: (added: number) => void = () => {},
): Promise<void> {
  for (let added = 0; added < count; onProgress(added)) {
    const values = Array.from({ length: Math.min(batchSize, count - added) }, sampleUser)
    // Made-up addresses collide now and then: the loop makes as many more as were refused.
    const created = await db
      .insert(users)
      .values(values)
      .onConflictDoNothing()
      .returning({ id: users.id })
    added += created.length
  }
}

/** The same 25 on every machine, so that documents and people can speak of them. */
export async function addFirstUsers(db: Database): Promise<void> {
  faker.seed(25)
  await addSampleUsers(db, 25)
}

function sampleUser() {
  const firstName = faker.person.firstName()
  const lastName = faker.person.lastName()
  const email = faker.internet.email({ firstName, lastName, provider: 'example.com' })
  return { name: `${firstName} ${lastName}`, email: email.toLowerCase() }
}
