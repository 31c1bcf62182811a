import { faker } from '@faker-js/faker/locale/en'
import { sql } from 'drizzle-orm'
import type { Database } from '../../src/db/connection.ts'
import { compile } from '../../src/db/statement.ts'
import { users } from '../../src/users/table.ts'

/** Of one statement. */
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
    const created = await db.run(
      compile(sql`
        insert into ${users} (name, email)
        select name, email
        from jsonb_to_recordset(${JSON.stringify(values)}::jsonb) as person (name text, email text)
        on conflict do nothing returning id`),
    )
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
