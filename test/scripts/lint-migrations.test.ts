import { describe, expect } from 'vitest'
import { lintMigrations } from '../../scripts/migrations/lint.ts'
import { test } from '../support/migration-test.ts'

const table = 'create table people (id bigint primary key, name text, nick text);'

/** What squawk has to say about each. */
const refused = {
  '0001_index': ['create index people_idx on people (name);', 'concurrent'],
  '0002_drop': ['alter table people drop column name;', 'ban-drop-column'],
  '0003_unique': [
    'alter table people add constraint people_key unique (name);',
    'disallowed-unique-constraint',
  ],
  '0004_not_null': ['alter table people alter column name set not null;', 'not-null'],
  '0005_rename': ['alter table people rename column name to full_name;', 'renaming-column'],
  '0006_type': ['alter table people alter column name type varchar(9);', 'column-type'],
} as const

const allowed = {
  '0001_column': 'alter table people add column email text;',
  '0002_reason':
    '-- Nobody reads it any more.\n-- squawk-ignore ban-drop-column\nalter table people drop column nick;',
  '0003_index': '-- migrate:no-transaction\ncreate index concurrently people_idx on people (name);',
  '0004_not_null':
    'alter table people add constraint people_name check (name is not null) not valid;',
}

describe('lintMigrations', () => {
  test('refuses what locks a table for long, or breaks the code that runs', async ({ project }) => {
    const files = Object.entries(refused).map(([tag, [sql]]) => [tag, sql])
    const folder = await project.migrations({ '0000_table': table, ...Object.fromEntries(files) })

    const failure = await lintMigrations(folder).catch((error: unknown) => error)

    expect(String(failure)).toMatch(/squawk refuses a migration:\n/)
    for (const [tag, [, rule]] of Object.entries(refused)) {
      expect(String(failure)).toMatch(new RegExp(`${tag}\\.sql:\\d+:.*${rule}`))
    }
  })

  test('lets be what does neither, or says why it must', async ({ project }) => {
    await lintMigrations(await project.migrations({ '0000_table': table, ...allowed }))
  })
})
