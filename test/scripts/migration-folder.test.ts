import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { index, integer, pgTable, text } from 'drizzle-orm/pg-core'
import { test as base, describe, expect } from 'vitest'
import { CommandError } from '../../scripts/command/command.ts'
import { migrationsAreReproducible } from '../../scripts/migrations/reproducible.ts'
import { writeGenerated } from '../support/generated-folder.ts'

const rooms = pgTable('rooms', { id: integer().primaryKey(), name: text().notNull() })
const namedRooms = pgTable(
  'rooms',
  { id: integer().primaryKey(), name: text().notNull().default(`it's`) },
  ({ name }) => [index('rooms_name_idx').on(name)],
)

const test = base
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('directory', async ({}, { onCleanup }) => {
    const directory = await mkdtemp(join(tmpdir(), 'edge-users-folder-'))
    onCleanup(() => rm(directory, { recursive: true }))
    return directory
  })
  .extend('folder', async ({ directory }) =>
    writeGenerated(directory, {
      '0000_rooms': { rooms },
      '0001_by_hand': { rooms },
      '0002_named': { namedRooms },
    }),
  )

async function edit(file: string, change: (text: string) => string): Promise<void> {
  const before = await readFile(file, 'utf8')
  const after = change(before)
  expect(after).not.toBe(before)
  await writeFile(file, after)
}

const sql = '0002_named.sql'
const snapshot = 'meta/0002_snapshot.json'
const journal = 'meta/_journal.json'

describe('a folder of migrations', () => {
  test('passes as drizzle-kit has written it', async ({ folder }) => {
    await expect(migrationsAreReproducible(folder)).resolves.toBeUndefined()
  })

  test.for<[string, (folder: string) => Promise<void>, RegExp]>([
    [
      'a file that the journal does not name',
      (folder) => writeFile(join(folder, '0003_orphan.sql'), 'select 1'),
      /^0003_orphan\.sql is not in meta\/_journal\.json/,
    ],
    [
      'a file that is missing',
      (folder) => rm(join(folder, sql)),
      /^0002_named\.sql is in meta\/_journal\.json but not in the folder\./,
    ],
    [
      'a snapshot that is missing',
      (folder) => rm(join(folder, snapshot)),
      /^meta\/0002_snapshot\.json of 0002_named is missing/,
    ],
    [
      'a snapshot that is none',
      (folder) => writeFile(join(folder, snapshot), '{"id": 1}'),
      /^meta\/0002_snapshot\.json of 0002_named is missing, or no snapshot of drizzle-kit/,
    ],
    [
      'a snapshot of no migration',
      (folder) => writeFile(join(folder, 'meta/0003_snapshot.json'), '{}'),
      /^meta\/0003_snapshot\.json belongs to no migration/,
    ],
    [
      'moments that do not rise',
      (folder) => edit(join(folder, journal), (text) => text.replace('"when":3', '"when":2')),
      /^0002_named is dated before 0001_by_hand, which stands above it/,
    ],
    [
      'a journal that is none',
      (folder) => writeFile(join(folder, journal), '<<<<<<< HEAD'),
      /_journal\.json is missing, or no journal of drizzle-kit\. Restore it from git\.$/,
    ],
    [
      'a moment that no calendar has',
      (folder) => edit(join(folder, journal), (text) => text.replace('"when":3', '"when":3e18')),
      /_journal\.json is missing, or no journal of drizzle-kit\. Restore it from git\.$/,
    ],
    [
      'the line ends of Windows',
      (folder) => edit(join(folder, sql), (text) => text.replaceAll(/$/g, '\r\n')),
      /^0002_named\.sql has the line ends of Windows \(CR\)\..* Save it with line ends of LF alone;/,
    ],
    [
      'the line ends of an old Mac, in a file by hand',
      (folder) => writeFile(join(folder, '0001_by_hand.sql'), '-- By hand.\rselect 1;'),
      /^0001_by_hand\.sql has the line ends of Windows \(CR\)\./,
    ],
    [
      'a byte order mark',
      (folder) => edit(join(folder, sql), (text) => `\ufeff${text}`),
      /^0002_named\.sql has a byte order mark \(BOM\).* Save it in UTF-8 without one\.$/,
    ],
    [
      'a byte order mark where two files were joined',
      (folder) => edit(join(folder, sql), (text) => `${text}\n\ufeffselect 1`),
      /^0002_named\.sql has a byte order mark \(BOM\)/,
    ],
    [
      'UTF-16, as PowerShell writes it',
      (folder) => writeFile(join(folder, sql), Buffer.from('\ufeffselect 1', 'utf16le')),
      /^0002_named\.sql is not in UTF-8\. Save it in UTF-8, without a byte order mark\.$/,
    ],
    [
      'UTF-16 without a mark',
      (folder) => writeFile(join(folder, sql), Buffer.from('select 1', 'utf16le')),
      /^0002_named\.sql is not in UTF-8\./,
    ],
    [
      'Windows-1252',
      (folder) => writeFile(join(folder, sql), Buffer.from("select 'é'", 'latin1')),
      /^0002_named\.sql is not in UTF-8\./,
    ],
    [
      'two snapshots with one parent',
      async (folder) => {
        const { prevId } = JSON.parse(
          await readFile(join(folder, 'meta/0001_snapshot.json'), 'utf8'),
        )
        await edit(join(folder, snapshot), (text) =>
          text.replace(/"prevId":"[^"]+"/, `"prevId":"${prevId}"`),
        )
      },
      /^0002_named was not generated on top of 0001_by_hand: two branches have met\./,
    ],
    [
      'generated SQL that somebody has changed',
      (folder) => edit(join(folder, sql), (text) => text.replace('btree', 'hash')),
      /^0002_named\.sql is not what drizzle-kit generated for it: \n {2}generated: CREATE INDEX/,
    ],
    [
      'generated SQL with a statement more',
      (folder) => appendFile(join(folder, sql), '--> statement-breakpoint\ndrop table rooms'),
      /^0002_named\.sql is not what .*\n {2}in the file: drop table rooms\n/,
    ],
    [
      'generated SQL with a statement less',
      (folder) => edit(join(folder, sql), (text) => text.split('-->')[0] ?? ''),
      /^0002_named\.sql is not what drizzle-kit generated for it: \n {2}generated: CREATE INDEX/,
    ],
  ])('fails with a sentence: %s', async ([, spoil, sentence], { folder }) => {
    await spoil(folder)

    const failure = await migrationsAreReproducible(folder).catch((error: unknown) => error)

    expect(failure).toBeInstanceOf(CommandError)
    expect(failure).toMatchObject({ message: expect.stringMatching(sentence), exitCode: 5 })
  })

  test('may hold comments, `if not exists`, and a reason to differ', async ({ folder }) => {
    await edit(
      join(folder, sql),
      (text) => `-- Why.\n${text.replace('INDEX', 'INDEX IF NOT EXISTS')}\n-- The end.`,
    )
    await expect(migrationsAreReproducible(folder)).resolves.toBeUndefined()

    await edit(
      join(folder, sql),
      (text) => `-- migrate:edited hashes are enough\n${text.replace('btree', 'hash')}`,
    )
    await expect(migrationsAreReproducible(folder)).resolves.toBeUndefined()
  })

  test('passes where drizzle-kit has asked about a rename, which it cannot ask again', async ({
    folder,
  }) => {
    await edit(join(folder, snapshot), (text) =>
      text.replaceAll('"name":"name"', '"name":"title"').replace('"name":{', '"title":{'),
    )

    await expect(migrationsAreReproducible(folder)).resolves.toBeUndefined()
  })
})
