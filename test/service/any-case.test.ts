import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { compile } from '../../src/db/statement.ts'
import { anyCase } from '../../src/rows/columns.ts'
import { test } from '../support/shared-test.ts'

const key = (text: string) => compile(anyCase(sql.raw(text))).sql

test.for([
  ['Straße', 'STRASSE', 'STRAẞE', 'straße'],
  ['Μαΐου', 'ΜΑΪ́ΟΥ'],
  ['Σίσυφος', 'ΣΊΣΥΦΟΣ'],
  ['Élan', 'éLAN'],
])('%s and %s are one name', async (names, { database }) => {
  const keys = await database.query(
    `select distinct ${key('name')} from unnest($1::text[]) as name`,
    [names.map((name) => name.normalize())],
  )

  expect(keys).toHaveLength(1)
})

test('a name is one in either case of every letter that the database knows', async ({
  database,
}) => {
  const letters = Array.from({ length: 0x11_0000 }, (_, codePoint) => codePoint)
    .filter((codePoint) => codePoint < 0xd800 || codePoint > 0xdfff)
    .map((codePoint) => String.fromCodePoint(codePoint).normalize())
    .filter((text) => text !== text.toLowerCase() || text !== text.toUpperCase())

  const apart = await database.query(
    `select letter from unnest($1::text[]) as letter, lateral (
       select count(distinct ${key('form')}) as count from (values
         (letter),
         (normalize(upper(letter collate "und-x-icu"))),
         (normalize(lower(letter collate "und-x-icu")))) as forms (form)) as keys
     where count > 1`,
    [letters],
  )

  expect(letters.length).toBeGreaterThan(2_000)
  expect(apart).toEqual([])
})
