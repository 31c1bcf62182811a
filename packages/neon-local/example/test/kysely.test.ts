import { neon, neonConfig } from '@neondatabase/serverless'
import { type Generated, Kysely } from 'kysely'
import { NeonDialect } from 'kysely-neon'
import { expect, inject, test } from 'vitest'

type Database = { people: { id: Generated<number>; name: string } }

neonConfig.fetchEndpoint = inject('neonEndpoint')
const db = new Kysely<Database>({ dialect: new NeonDialect({ neon: neon(inject('databaseUrl')) }) })

test('writes and reads through Kysely', async () => {
  await db.schema
    .createTable('people')
    .addColumn('id', 'serial', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .execute()

  const ada = await db
    .insertInto('people')
    .values({ name: 'Ada' })
    .returningAll()
    .executeTakeFirstOrThrow()

  expect(ada).toEqual({ id: 1, name: 'Ada' })
  expect(await db.selectFrom('people').select('name').execute()).toEqual([{ name: 'Ada' }])
})
