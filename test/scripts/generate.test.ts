// Takes over ten seconds: drizzle-kit starts in most of the tests, at times twice.

import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import { describe, expect } from 'vitest'
import { CommandError } from '../../scripts/command/command.ts'
import { loadTables } from '../../scripts/migrations/schema-changes.ts'
import { writeGenerated } from '../support/generated-folder.ts'
import { test as base } from '../support/migration-test.ts'

/** What the first migration makes. */
const rooms = pgTable('rooms', { id: integer().primaryKey(), name: text() })

const table = (columns: string, extra: string) => `
import { eq } from 'drizzle-orm'
import { index, integer, pgTable, text } from 'drizzle-orm/pg-core'
export const rooms = pgTable(
  'rooms',
  { id: integer().primaryKey(), ${columns} },
  (columns) => [${extra}],
)
`

const test = base.extend('schema', async ({ database, project }) => {
  const tables = join(project.directory, 'src', 'rooms', 'table.ts')
  await project.link('drizzle.config.ts')
  await writeGenerated(project.directory, { '0000_rooms': { rooms } })
  await rm(join(project.directory, 'src'))
  await mkdir(join(tables, '..'), { recursive: true })

  return {
    /** Makes `src/rooms/table.ts` one table with these columns, and what else it has. */
    write: (columns: string, extra = '') => writeFile(tables, table(columns, extra)),
    writeText: (text: string) => writeFile(tables, text),
    generate: async (...options: string[]) => {
      const command = project.run('node', ['scripts/db/generate.ts', ...options], {
        DATABASE_URL: database.url,
      })
      const code = await command.ended
      return { code, output: command.output() }
    },
    read: (name: string) => readFile(join(project.directory, 'drizzle', name), 'utf8'),
    tables,
    meta: join(project.directory, 'drizzle', 'meta'),
    files: async () => (await readdir(join(project.directory, 'drizzle'))).sort(),
  }
})

describe('npm run db:generate', () => {
  test('writes what was added and removed, and nothing when nothing was', {
    tags: ['slow'],
  }, async ({ schema }) => {
    await schema.write('name: text(), title: text()')
    const first = await schema.generate('--name', 'add_title')
    await schema.write('title: text()')
    const second = await schema.generate('--name', 'drop_name')
    const third = await schema.generate('--name', 'nothing')

    expect([first.code, second.code], first.output + second.output).toEqual([0, 0])
    expect(third).toMatchObject({ code: 0, output: expect.stringContaining('No schema changes') })
    expect(await schema.files()).toEqual([
      '0000_rooms.sql',
      '0001_add_title.sql',
      '0002_drop_name.sql',
      'meta',
    ])
    expect(await schema.read('0001_add_title.sql')).toBe(
      'ALTER TABLE "rooms" ADD COLUMN "title" text;',
    )
    expect(await schema.read('0002_drop_name.sql')).toBe('ALTER TABLE "rooms" DROP COLUMN "name";')
  })

  test('says that a rename wants a terminal, or two steps', { tags: ['slow'] }, async ({
    schema,
  }) => {
    await schema.write('title: text()')

    expect(await schema.generate('--name', 'rename')).toEqual({
      code: 1,
      output:
        'One thing goes from the tables in src/ and another comes, and drizzle-kit has to ask if it ' +
        'is renamed. Run this in a terminal, or make two migrations: one that adds, one that ' +
        'removes.\n',
    })
    expect(await schema.files()).toEqual(['0000_rooms.sql', 'meta'])
  })

  test('makes an index that is built concurrently run outside of a transaction', {
    tags: ['slow'],
  }, async ({ database, project, schema }) => {
    await schema.write('name: text()', 'index("rooms_name_idx").on(columns.name).concurrently()')

    const { code, output } = await schema.generate('--name', 'index_names')

    expect(code, output).toBe(0)
    expect(await schema.read('0001_index_names.sql')).toBe(
      '-- migrate:no-transaction\n' +
        'CREATE INDEX CONCURRENTLY IF NOT EXISTS "rooms_name_idx" ON "rooms" USING btree ("name");',
    )
    await project.apply()
    expect(await database.query(`select to_regclass('rooms_name_idx')::text as it`)).toEqual([
      { it: 'rooms_name_idx' },
    ])
  })

  test('takes back what no runner could use: such an index beside another change', {
    tags: ['slow'],
  }, async ({ schema }) => {
    await schema.write(
      'name: text(), title: text()',
      'index("rooms_name_idx").on(columns.name).concurrently()',
    )
    const journal = await schema.read('meta/_journal.json')

    const { code, output } = await schema.generate('--name', 'index_names')

    expect(output).toMatch(/: generate the index alone, .* 0001_index_names was removed again\.\n$/)
    expect(code).toBe(1)
    expect(await schema.files()).toEqual(['0000_rooms.sql', 'meta'])
    expect(await readdir(schema.meta)).toEqual(['0000_snapshot.json', '_journal.json'])
    expect(await schema.read('meta/_journal.json')).toBe(journal)
  })

  test('takes back what PostgreSQL does not run, and leaves no database behind', {
    tags: ['slow'],
  }, async ({ database, schema }) => {
    await schema.write(
      'name: text()',
      'index("rooms_idx").on(columns.id).where(eq(columns.name, "a"))',
    )

    const { code, output } = await schema.generate('--name', 'index_some')

    expect(output).toMatch(/0001_index_some failed: there is no parameter \$1 \(42P02\)\./)
    expect(output).toMatch(/ was removed again\.\n$/)
    expect(code).toBe(1)
    expect(await schema.files()).toEqual(['0000_rooms.sql', 'meta'])
    expect(
      await database.query(
        "select datname from pg_database where datname like current_database() || '_scratch_%'",
      ),
    ).toEqual([])
  })

  test('writes an empty one for SQL by hand', { tags: ['slow'] }, async ({ schema }) => {
    await schema.write('name: text()')

    const { code, output } = await schema.generate('--custom', '--name', 'fill_rooms')

    expect(code, output).toBe(0)
    expect(await schema.files()).toEqual(['0000_rooms.sql', '0001_fill_rooms.sql', 'meta'])
    expect(await schema.read('0001_fill_rooms.sql')).toMatch(/^-- .*\n$/)
  })

  test.for(['--custom', '--name=../rooms'])('demands a name: %s', async (option, { schema }) => {
    await schema.write('name: text()')

    const { code, output } = await schema.generate(option)

    expect(output).toMatch(/^--name must say what .*\nUsage: npm run db:generate -- --name NAME/)
    expect(code).toBe(2)
    expect(await schema.files()).toEqual(['0000_rooms.sql', 'meta'])
  })

  test.for([
    ['throws', 'throw new Error("out of order")', /out of order/],
    ['does not parse', 'export const = 1', /table\.ts cannot be loaded/],
  ] as const)('says that the schema %s', async ([, text, reason], { schema, project }) => {
    await schema.writeText(text)

    const failure = await loadTables(project.directory).catch((error: unknown) => error)

    expect(failure).toBeInstanceOf(CommandError)
    expect(String(failure)).toMatch(/: src\/rooms\/table\.ts cannot be loaded: /)
    expect(String(failure)).toMatch(reason)
    expect(String(failure)).not.toMatch(/^\s+at /m)
  })

  test('fails when drizzle-kit writes nothing and says that all is well', {
    tags: ['slow'],
  }, async ({ project, schema }) => {
    await schema.write('name: text(), title: text()')
    // It looks at another schema than it should.
    await writeFile(join(project.directory, 'other.ts'), table('name: text()', ''))
    const config = join(project.directory, 'drizzle.config.ts')
    const text = await readFile(config, 'utf8')
    await rm(config)
    await writeFile(config, text.replace('./src/*/table.ts', './other.ts'))

    const { code, output } = await schema.generate('--name', 'add_title')

    expect(output).toMatch(/tables in src\/ have changes that no migration makes: run/)
    expect(code).toBe(1)
  })
})
