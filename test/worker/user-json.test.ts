import { env } from 'cloudflare:workers'
import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { createDatabase } from '../../src/db/client.ts'
import { userJson } from '../../src/users/json.ts'
import { type User, userFields } from '../../src/users/schema.ts'

const config = readConfig(env)
const db = createDatabase({ url: config.DATABASE_URL, endpoint: config.NEON_ENDPOINT })

/** As PostgreSQL writes users that are in no table. */
async function written(users: readonly User[]): Promise<string[]> {
  const { rows } = await db.execute<{ json: string }>(sql`
    with users as (
      select id, name, email, version, "createdAt" as created_at, "updatedAt" as updated_at
      from rows from (jsonb_to_recordset(${JSON.stringify(users)}) as (id bigint, name text,
        email text, version integer, "createdAt" timestamptz(3), "updatedAt" timestamptz(3)))
        with ordinality
      order by ordinality)
    select ${userJson}::text as json from users`)

  return rows.map(({ json }) => json)
}

const edges = [
  ...'"\\/\'<>&\b\f\n\r\t\u0001\u001f\u007f\u0085\u00e9\u0301\u200d\u2028\u2029\ufeff\uffff\u{1f600}\u{10ffff}',
]

// PostgreSQL's text cannot hold a NUL, nor a lone surrogate.
const text = fc
  .string({
    unit: fc.oneof(
      fc.constantFrom(...edges),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    ),
    maxLength: 20,
  })
  .filter((value) => value.isWellFormed() && !value.includes('\0'))

const moment = fc
  .date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })
  .map((date) => date.toISOString())

const user = fc.record(
  {
    id: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    name: text,
    email: text,
    version: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    createdAt: moment,
    updatedAt: moment,
  },
  { noNullPrototype: true },
)

describe('the JSON that PostgreSQL writes of a user', () => {
  test('is to the byte that of JSON.stringify', async () => {
    const users: fc.Arbitrary<User[]> = fc.array(user, { minLength: 1, maxLength: 100 })

    await fc.assert(
      fc.asyncProperty(users, async (some) => {
        expect(await written(some)).toEqual(some.map((one) => JSON.stringify(one)))
      }),
      { numRuns: 20 },
    )
  })

  test('has every field, in the order that the contract names', async () => {
    const [json = ''] = await written(fc.sample(user, 1))

    expect(Object.keys(JSON.parse(json))).toEqual(userFields)
  })
})
