import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  date,
  doublePrecision,
  integer,
  jsonb,
  numeric,
  pgTable,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core'
import fc from 'fast-check'
import pg from 'pg'
import { describe, expect, inject } from 'vitest'
import { createDatabase, type Database } from '../../src/db/connection.ts'
import { compile } from '../../src/db/statement.ts'
import { ServiceError } from '../../src/errors.ts'
import { addRow } from '../../src/rows/add.ts'
import { changeRow } from '../../src/rows/change.ts'
import { id, moment, version } from '../../src/rows/columns.ts'
import { createRow } from '../../src/rows/create.ts'
import { getRow } from '../../src/rows/get.ts'
import { idempotencyKeysOf } from '../../src/rows/idempotency-key-tables.ts'
import { createRowOnce } from '../../src/rows/idempotency-keys.ts'
import { type List, listRows, type Position } from '../../src/rows/list.ts'
import { removeRow } from '../../src/rows/remove.ts'
import { rowsOf } from '../../src/rows/rows.ts'
import { whose } from '../../src/rows/whose.ts'
import { untilSettled } from '../../src/rows/write.ts'
import { anyCharacter } from '../support/any-character.ts'
import { cloneDatabase } from '../support/database.ts'
import { test as base } from '../support/shared-test.ts'

/** A column of every kind that an answer can hold. */
const things = pgTable('tested_things', {
  id: id(),
  word: text(),
  count: integer(),
  many: bigint({ mode: 'number' }),
  part: doublePrecision(),
  price: numeric(),
  isNew: boolean(),
  tags: text().array(),
  settings: jsonb(),
  token: uuid(),
  at: timestamp({ precision: 3, withTimezone: true }),
  atUtc: timestamp({ precision: 3 }),
  day: date({ mode: 'date' }),
  rank: bigint({ mode: 'number' }).notNull().default(0),
  due: moment(),
  version: version(),
  createdAt: moment(),
})

const thingKeys = idempotencyKeysOf('tested_thing_keys', things, 'thing_id')

const naming = {
  idempotencyKeys: thingKeys,
  noun: 'thing',
  notFound: () => new ServiceError('not-found', 'There is no such thing.'),
}

const thingRows = rowsOf(things, {
  fields: [
    ...(['id', 'word', 'count', 'many', 'part', 'price', 'isNew', 'tags', 'settings'] as const),
    ...(['token', 'at', 'atUtc', 'day', 'rank', 'due', 'version', 'createdAt'] as const),
  ],
  ...naming,
})

/** Where a session writes moments and numbers as hardly anybody has it. */
const odd = [
  ...["datestyle = 'SQL, DMY'", "timezone = 'Asia/Kathmandu'"],
  ...['extra_float_digits = 0', "bytea_output = 'escape'"],
]

const test = base
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('url', { scope: 'file' }, async ({}, { onCleanup }) => {
    const database = await cloneDatabase(inject('postgresUrl'), inject('templateUrl'))
    onCleanup(() => database.drop())
    await database.query(`create table tested_things (
    id bigint primary key generated always as identity, word text, count integer, many bigint,
    part double precision, price numeric, is_new boolean, tags text[], settings jsonb, token uuid,
    at timestamptz(3), at_utc timestamp(3), day date, rank bigint not null default 0, due timestamptz(3) not null default now(),
    version integer not null default 1, created_at timestamptz(3) not null default now());
    create table tested_thing_keys (
      principal text, key text, request_digest text not null,
      created_at timestamptz(3) not null default now(),
      thing_id bigint not null references tested_things on delete cascade,
      constraint tested_thing_keys_pkey primary key (principal, key))`)
    for (const setting of odd) {
      const name = new URL(database.url).pathname.slice(1)
      await database.query(`alter database ${name} set ${setting}`)
    }
    return database.url
  })
  .extend('db', { scope: 'file' }, ({ url }) =>
    createDatabase({ url, endpoint: inject('endpointUrl') }),
  )

const edges = [
  ...'"\\/\'<>&\b\f\n\r\t\u0001\u001f\u007f\u0085\u00e9\u0301\u200d\u2028\u2029\ufeff\uffff\u{1f600}\u{10ffff}',
]

// PostgreSQL's text cannot hold a NUL, nor a lone surrogate.
const anyText = fc
  .string({
    unit: fc.oneof(fc.constantFrom(...edges), anyCharacter),
    maxLength: 20,
  })
  .filter((value) => value.isWellFormed() && !value.includes('\0'))

// JSON.parse of V8 takes `a\u0001` for the key `a\` when an object before it had such a key.
const anyKey = anyText.filter((value) => !value.includes('\\'))

const orNull = <Value>(values: fc.Arbitrary<Value>) => fc.option(values, { freq: 6 })

const anyDate = fc.date({
  min: new Date('0001-01-01T00:00:00.000Z'),
  max: new Date('9999-12-31T23:59:59.999Z'),
  noInvalidDate: true,
})

const anyThing = fc.record({
  word: orNull(anyText),
  count: orNull(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
  many: orNull(fc.maxSafeInteger()),
  part: orNull(fc.integer({ min: -1_000, max: 1_000 }).map((value) => value / 8)),
  price: orNull(fc.integer().map((value) => `${value}.50`)),
  isNew: orNull(fc.boolean()),
  tags: orNull(fc.array(anyText, { maxLength: 3 })),
  settings: orNull(fc.dictionary(anyKey, fc.oneof(anyText, fc.boolean()), { maxKeys: 3 })),
  token: orNull(fc.uuid()),
  at: orNull(anyDate),
  atUtc: orNull(anyDate),
  day: orNull(anyDate.map((moment) => new Date(moment.toISOString().slice(0, 10)))),
})

const moments = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

describe('a row', () => {
  test('is the JSON that JSON.stringify would make of what was written, for every kind of value', async ({
    db,
  }) => {
    await fc.assert(
      fc.asyncProperty(anyThing, async (thing) => {
        const { id, json } = await createRow(db, thingRows, thing)
        const now = expect.stringMatching(moments)
        const expected = { id, ...thing, rank: 0, due: now, version: 1, createdAt: now }

        const [at, atUtc, day] = [thing.at, thing.atUtc, thing.day].map(
          (moment) => moment?.toISOString() ?? null,
        )
        expect(JSON.parse(json)).toEqual({ ...expected, at, atUtc, day })
        expect(Object.keys(JSON.parse(json))).toEqual(thingRows.fields)
        // To the byte, but for what PostgreSQL writes as JSON itself.
        const { word, count, many, part, price, isNew } = thing
        const start = JSON.stringify({ id, word, count, many, part, price, isNew })
        expect(json.startsWith(`${start.slice(0, -1)},`)).toBe(true)
        expect((await getRow(db, thingRows, id)).json).toBe(json)
      }),
      { numRuns: 60 },
    )
  })

  test('is read the same in a session of whatever settings', async ({ db, url }) => {
    const at = new Date('2026-11-22T21:16:49.185Z')
    const day = new Date('2026-11-22')
    const { id, json } = await createRow(db, thingRows, { at, atUtc: at, day })
    // The endpoint sets some of them itself, whatever the database has.
    const client = new pg.Client(url)
    await client.connect()
    for (const setting of odd) {
      await client.query(`set ${setting}`)
    }

    const { rows } = await client.query<(string | null)[]>({
      text: compile(
        sql`select ${thingRows.selection} from ${things} where id = ${sql.raw(`${id}`)}`,
      ).sql,
      rowMode: 'array',
      types: { getTypeParser: () => (text: string) => text },
    })
    await client.end()

    expect(rows.map((row) => thingRows.json(row))).toEqual([json])
  })

  test('is listed by a moment and by a number, page by page, as it was written', async ({ db }) => {
    const { id: first } = await createRow(db, thingRows, {})
    for (let count = 1; count < 8; count += 1) {
      // Two at one moment, and one that no float has to the millisecond.
      const due = new Date(253_402_300_799_000 + Math.floor(count / 2))
      await createRow(db, thingRows, { rank: count, due })
    }
    const filter = {
      form: 'last',
      condition: () => sql`${things.id} > ${sql.placeholder('first')}`,
      values: { first },
    }
    const walk = async (sort: string) => {
      const found: unknown[] = []
      let after: Position | undefined
      do {
        const page = await listRows(db, 'me', thingRows, { limit: 3, sort, after, filter })
        found.push(...JSON.parse(page.json).map(({ rank }: { rank: number }) => rank))
        after = page.next
      } while (after)
      return found
    }

    expect(await walk('due')).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(await walk('-due')).toEqual([7, 6, 5, 4, 3, 2, 1])
    expect(await walk('-rank')).toEqual([7, 6, 5, 4, 3, 2, 1])
  })

  test('is created once for a key, whose other body is another even with the same values', async ({
    db,
  }) => {
    const once = (thing: { word?: string; price?: string }, key: string) =>
      createRowOnce(db, thingRows, thing, { principal: 'me', key })

    const { row } = await once({ word: '7' }, 'one')

    expect(await once({ word: '7' }, 'one')).toMatchObject({ row: { id: row.id }, isReplay: true })
    await expect(once({ price: '7' }, 'one')).rejects.toMatchObject({
      code: 'idempotency-key-reused',
    })
  })

  test('may be there already when it is added', async ({ db }) => {
    const { id } = await createRow(db, thingRows, {})
    const key = { principal: 'them', key: `${id}`, requestDigest: '' }
    const keyRows = rowsOf(thingKeys, { ...naming, fields: ['key'], key: ['principal', 'key'] })

    await addRow(db, keyRows, { ...key, rowId: Number(id) })
    await addRow(db, keyRows, { ...key, rowId: 0 })

    expect(await getRow(db, keyRows, { principal: 'them', key: `${id}` })).toMatchObject({
      id: `${id}`,
    })
  })

  test('is in no list whose order would lose rows: of null, or of what is not selected', async ({
    db,
  }) => {
    const list = (sort: string, fields: readonly ('id' | 'word')[]) =>
      listRows(db, 'me', rowsOf(things, { ...naming, fields }), { limit: 3, sort })

    await expect(list('word', ['id', 'word'])).rejects.toThrow('which must be not null')
    await expect(list('due', ['id'])).rejects.toThrow('which its fields must name')
  })

  test('is in a list of its parent, which is missing when that is not there', async ({ db }) => {
    const { id } = await createRow(db, thingRows, {})
    const [key, other] = ['one', 'two'].map((key) => ({ principal: `of ${id}`, key }))
    const keyRows = rowsOf(thingKeys, { ...naming, fields: ['key'], key: ['principal', 'key'] })
    const ofThing = (rowId: number | string, more: Partial<List> = {}) =>
      listRows(db, 'me', keyRows, {
        limit: 1,
        sort: 'key',
        filter: whose(keyRows, { rowId: Number(rowId) }),
        parent: { rows: thingRows, id: rowId },
        ...more,
      })

    expect(await ofThing(id)).toMatchObject({ json: '[]', next: undefined, total: undefined })
    expect(await ofThing(id, { isCounted: true })).toMatchObject({ json: '[]', total: 0 })
    for (const each of [key, other]) {
      await addRow(db, keyRows, {
        principal: '',
        key: '',
        ...each,
        requestDigest: '',
        rowId: Number(id),
      })
    }
    const page = await ofThing(id, { isCounted: true })
    const last = await ofThing(id, { after: page.next })

    expect(page).toMatchObject({ json: '[{"key":"one"}]', total: 2 })
    expect(last).toMatchObject({ json: '[{"key":"two"}]', next: undefined })
    for (const more of [{}, { isCounted: true }, { after: page.next }]) {
      await expect(ofThing(0, more)).rejects.toMatchObject({ code: 'not-found' })
    }
  })

  test('is seen by each view of its table as that says', async ({ db }) => {
    const { id } = await createRow(db, thingRows, { word: 'seen' })
    const words = rowsOf(things, { ...naming, fields: ['word'] })

    expect(await getRow(db, thingRows, id)).toMatchObject({ id })
    expect(await getRow(db, words, id)).toMatchObject({ json: '{"word":"seen"}' })
  })
})

/** Runs `work`, which must wait for the other's transaction, and ends that then. */
async function beside(url: string, other: string, work: () => Promise<unknown>) {
  const [writer, watcher] = [new pg.Client(url), new pg.Client(url)]
  await Promise.all([writer.connect(), watcher.connect()])
  await writer.query('begin')
  await writer.query(other)
  const result = work().catch((error: unknown) => error)
  await expect
    .poll(async () => {
      const { rows } = await watcher.query(`select from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`)
      return rows.length
    })
    .toBe(1)
  await writer.query('commit')
  await Promise.all([writer.end(), watcher.end()])
  return result
}

describe('a row that another writes at the same time', () => {
  const create = (db: Database) => createRow(db, thingRows, { word: 'old' })

  test('is changed when the change was needless only before', async ({ db, url }) => {
    const { id } = await create(db)
    const other = `update tested_things set word = 'new', version = 2 where id = ${id}`

    const changed = await beside(url, other, () => changeRow(db, thingRows, id, { word: 'old' }))

    expect(changed).toMatchObject({ version: 3, json: expect.stringContaining('"word":"old"') })
  })

  test('is not changed, nor removed, at the version that it no longer has', async ({ db, url }) => {
    for (const write of [
      (id: number | string) => changeRow(db, thingRows, id, { word: 'mine' }, { ifMatch: [1] }),
      (id: number | string) => removeRow(db, thingRows, id, { ifMatch: [1] }),
    ]) {
      const { id } = await create(db)
      const other = `update tested_things set word = 'new', version = 2 where id = ${id}`

      expect(await beside(url, other, () => write(id))).toMatchObject({
        code: 'precondition-failed',
        message: 'The thing is at version 2 now: read it again, and decide anew.',
      })
      expect(await getRow(db, thingRows, id)).toMatchObject({ version: 2 })
    }
  })

  test('is changed at the version that it has only now', async ({ db, url }) => {
    const { id } = await create(db)
    const other = `update tested_things set word = 'new', version = 2 where id = ${id}`

    const changed = await beside(url, other, () =>
      changeRow(db, thingRows, id, { word: 'mine' }, { ifMatch: [2] }),
    )

    expect(changed).toMatchObject({ version: 3 })
  })

  test('is missing when it was removed', async ({ db, url }) => {
    for (const write of [
      (id: number | string) => changeRow(db, thingRows, id, { word: 'mine' }),
      (id: number | string) => changeRow(db, thingRows, id, { word: 'mine' }, { ifMatch: [7] }),
      (id: number | string) => removeRow(db, thingRows, id, { ifMatch: [1] }),
    ]) {
      const { id } = await create(db)

      expect(
        await beside(url, `delete from tested_things where id = ${id}`, () => write(id)),
      ).toMatchObject({ code: 'not-found' })
    }
  })
})

describe('a row that others change all the time', () => {
  test('is tried again, and then is a failure that passes: a 503', async () => {
    let tries = 0
    const settledAt = (last: number) =>
      untilSettled('thing', async () => {
        tries += 1
        return tries === last ? { tries } : undefined
      })

    expect(await settledAt(3)).toEqual({ tries: 3 })
    await expect(settledAt(0)).rejects.toMatchObject({
      code: 'database-unavailable',
      message: 'Other requests change this thing all the time. Nothing was changed: try again.',
    })
  })
})
