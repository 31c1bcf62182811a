import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eq, gte, sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  integer,
  jsonb,
  numeric,
  pgEnum,
  pgSchema,
  pgSequence,
  pgTable,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { test as base, describe, expect, inject } from 'vitest'
import { defaultsAreWritable } from '../../scripts/migrations/default-values.ts'
import { tryMigrations } from '../../scripts/migrations/trial.ts'
import { type Stages, writeGenerated } from '../support/generated-folder.ts'

// biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
const test = base.extend('tryOut', async ({}, { onCleanup }) => {
  const directory = await mkdtemp(join(tmpdir(), 'edge-users-trial-'))
  onCleanup(() => rm(directory, { recursive: true }))
  /** Of the stages, the last one is new. */
  return async (stages: Stages, localUrl: string | undefined = inject('postgresUrl')) => {
    const folder = await writeGenerated(directory, stages)
    const { signal } = new AbortController()
    return tryMigrations(Object.keys(stages).slice(-1), { localUrl, stop: signal, folder })
  }
})

const mood = pgEnum('mood', ['a', 'b'])
const rooms = pgTable('rooms', { id: integer().primaryKey(), mood: mood().default('a') })

const more = pgEnum('mood', ['a', 'b', 'c'])
const moreRooms = pgTable('rooms', { id: integer().primaryKey(), mood: more().default('c') })

const audit = pgSchema('audit')
const t = audit.table('t', { id: integer().primaryKey() })
const tickets = pgSequence('tickets')

describe('the trial of a generated migration', () => {
  test('lets pass what runs', async ({ tryOut }) => {
    await tryOut({ '0000_rooms': { mood, rooms }, '0001_more': { mood: more, rooms } })
  })

  test.for<[string, Stages, RegExp]>([
    [
      'a placeholder in a partial index',
      {
        '0000_t': {
          t: pgTable('t', { id: integer().primaryKey(), on: boolean().notNull() }, (t) => [
            uniqueIndex('t_on').on(t.id).where(eq(t.on, true)),
          ]),
        },
      },
      /^0000_t failed: there is no parameter \$1 \(42P02\).*\n.*\n.* Write the condition as SQL: /,
    ],
    [
      'a placeholder in a check',
      {
        '0000_t': {
          t: pgTable('t', { n: integer().notNull() }, (t) => [check('t_n', gte(t.n, 0))]),
        },
      },
      /^0000_t failed: there is no parameter \$1 \(42P02\).*\n[\s\S]* Write the condition as SQL: /,
    ],
    [
      'an enum that is not exported',
      { '0000_t': { rooms } },
      /^0000_t failed: type "mood" does not exist \(42704\)[\s\S]* export the enum, schema, /,
    ],
    [
      'a schema that is not exported',
      { '0000_t': { t } },
      /^0000_t failed: schema "audit" does not exist \(3F000\)[\s\S]* export the enum, schema, /,
    ],
    [
      'a sequence that is not exported',
      {
        '0000_t': {
          t: pgTable('t', {
            n: integer().default(sql`nextval(${sql.raw(`'${tickets.seqName}'`)})`),
          }),
        },
      },
      /^0000_t failed: relation "tickets" does not exist \(42P01\)[\s\S]* sequence or role too\.$/,
    ],
    [
      'a value of an enum that is used where it is added',
      { '0000_rooms': { mood, rooms }, '0001_c': { mood: more, moreRooms } },
      /^0001_c failed: unsafe use of new value "c" of enum type mood \(55P04\)[\s\S]* Make two: /,
    ],
    [
      'an older migration, which needs what this PostgreSQL has not',
      { '0000_t': { t }, '0001_rooms': { t, mood, rooms } },
      /^The migration could not be tried: 0000_t failed: [\s\S]* set DATABASE_URL_DIRECT to a Postgre/,
    ],
  ])('stops at %s', async ([, stages, sentence], { tryOut }) => {
    await expect(tryOut(stages)).rejects.toThrow(sentence)
  })

  test('starts a PostgreSQL where none is up', { tags: ['slow'] }, async ({ tryOut }) => {
    const away = 'postgresql://u:canary@127.0.0.1:1/db'

    await expect(tryOut({ '0000_t': { rooms } }, away)).rejects.toThrow(
      /^0000_t failed: type "mood"/,
    )
  })
})

describe('a default that drizzle-kit cannot write', () => {
  test.for([
    ['a bigint', bigint({ mode: 'bigint' }).default(10n), 'sql`10`'],
    ['a bigint of another type', numeric({ mode: 'bigint' }).default(10n), 'sql`10`'],
    [
      'quotes in an array',
      text().array().default(["it's", '"q"']),
      `sql\`array['it''s', '"q"']::text[]\``,
    ],
    [
      'a backslash in an array, which it would lose in silence',
      text().array().default(['a\\b']),
      String.raw`sql.raw("array['a\\b']::text[]")`,
    ],
    ['a quote in JSON', jsonb().default({ a: "it's" }), `sql\`'{"a":"it''s"}'::jsonb\``],
    ['a quote in a list in JSON', jsonb().default(["it's"]), `sql\`'["it''s"]'::jsonb\``],
  ] as const)('is named with the SQL to write: %s', async ([, column, mend]) => {
    const tables = { 'src/rooms/table.ts rooms': pgTable('rooms', { tags: column }) }

    await expect(defaultsAreWritable(tables)).rejects.toThrow(
      `src/rooms/table.ts rooms: drizzle-kit cannot write the default of tags. Write it as SQL: .default(${mend})`,
    )
  })

  test('is no other one', async () => {
    const columns = {
      count: bigint({ mode: 'bigint' }).default(sql`10`),
      tags: text().array().default(['a, b', '{c}', '']),
      name: text().default(`it's "q" \\`),
      data: jsonb().default({ a: '"' }),
    }
    await defaultsAreWritable({ rooms: pgTable('rooms', columns) })
  })
})
