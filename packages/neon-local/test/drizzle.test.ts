import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NeonDbError } from '@neondatabase/serverless'
import { DrizzleQueryError, eq, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/neon-http'
import { migrate } from 'drizzle-orm/neon-http/migrator'
import { bigint, jsonb, numeric, pgTable, serial, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import { describe, expect } from 'vitest'
import { test as base } from './support/neon-endpoint.ts'
import { useEndpoint } from './support/use-endpoint.ts'

const things = pgTable('things', {
  id: serial().primaryKey(),
  name: text().notNull().unique(),
  data: jsonb(),
  tags: text().array(),
  price: numeric({ precision: 10, scale: 2 }),
  big: bigint({ mode: 'bigint' }),
  key: uuid(),
  at: timestamp({ withTimezone: true, mode: 'date' }),
})

const createThings = sql`create table things (id serial primary key, name text not null unique,
  data jsonb, tags text[], price numeric(10, 2), big bigint, key uuid, at timestamptz)`

const test = base.extend('db', { scope: 'file' }, async ({ endpoint, database }) => {
  useEndpoint(endpoint.url)
  const db = drizzle(database.url)
  await db.execute(createThings)
  return db
})

describe('drizzle', () => {
  test('reads back what it wrote', async ({ db }) => {
    const thing = {
      name: 'round trip',
      data: { a: [1, null, { b: "it's" }] },
      tags: ['x', 'y "z"', '{}', ''],
      price: '12345678.90',
      big: 9007199254740993n,
      key: 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
      at: new Date('2026-11-22T07:08:09.123Z'),
    }

    const [returned] = await db.insert(things).values(thing).returning()
    const [selected] = await db.select().from(things).where(eq(things.name, thing.name))

    expect(returned).toEqual({ id: expect.any(Number), ...thing })
    expect(selected).toEqual(returned)
  })

  test('is told how many rows a statement hit', async ({ db }) => {
    await db.insert(things).values([{ name: 'hit 1' }, { name: 'hit 2' }])

    const updated = await db.update(things).set({ price: '1' }).where(sql`name like 'hit %'`)
    const missed = await db.delete(things).where(eq(things.id, -1))

    expect(updated).toMatchObject({ command: 'UPDATE', rowCount: 2, rows: [], fields: [] })
    expect(missed.rowCount).toBe(0)
  })

  test('learns of a duplicate', async ({ db }) => {
    await db.insert(things).values({ name: 'taken' })
    const count = await db.$count(things)
    const again = db.insert(things).values({ name: 'taken' })

    const alone: unknown = await again.execute().catch((error) => error)
    const batched: unknown = await db
      .batch([db.select().from(things), again])
      .catch((error) => error)

    const duplicate = { code: '23505', constraint: 'things_name_key' }
    expect(alone).toBeInstanceOf(DrizzleQueryError)
    expect(alone).toMatchObject({ cause: duplicate })
    expect(batched).toBeInstanceOf(NeonDbError)
    expect(batched).toMatchObject(duplicate)
    expect(await db.$count(things)).toBe(count)
  })

  test('runs a batch', async ({ db }) => {
    const [inserted, selected, executed] = await db.batch([
      db.insert(things).values({ name: 'batched' }).returning({ name: things.name }),
      db.select({ name: things.name }).from(things).where(eq(things.name, 'batched')),
      db.execute(sql`select 1::int8 as n, now() - now() as nothing`),
    ])

    expect(inserted).toEqual([{ name: 'batched' }])
    expect(selected).toEqual([{ name: 'batched' }])
    expect(executed).toMatchObject({ rows: [{ n: '1', nothing: '00:00:00' }], rowCount: 1 })
  })

  test('has no interactive transaction', async ({ db }) => {
    await expect(db.transaction(async () => {})).rejects.toThrow('No transactions support')
  })

  test('migrates once', async ({ db }) => {
    const migrationsFolder = await mkdtemp(join(tmpdir(), 'neon-local-'))
    const entry = { idx: 0, version: '7', when: 1, tag: '0000_first', breakpoints: true }
    const journal = { version: '7', dialect: 'postgresql', entries: [entry] }
    const first =
      'create table migrated (n int);--> statement-breakpoint\ncreate index on migrated (n);'
    await mkdir(join(migrationsFolder, 'meta'))
    await writeFile(join(migrationsFolder, 'meta/_journal.json'), JSON.stringify(journal))
    await writeFile(join(migrationsFolder, '0000_first.sql'), first)

    await migrate(db, { migrationsFolder })
    await migrate(db, { migrationsFolder })

    const { rows } = await db.execute(
      sql`select count(*)::int as n from drizzle.__drizzle_migrations`,
    )
    expect(rows).toEqual([{ n: 1 }])
    expect(await db.execute(sql`select * from migrated`)).toMatchObject({ rows: [] })
    await rm(migrationsFolder, { recursive: true })
  })
})
