import { describe, expect } from 'vitest'
import { lintMigrations } from '../../scripts/migrations/lint.ts'
import { findTakings } from '../../scripts/migrations/takes-away.ts'
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

  test('refuses what takes something else away, wherever it stands', async ({ project }) => {
    const folder = await project.migrations({
      '0000_table': table,
      '0001_drop': `drop view old_people;\n--> statement-breakpoint\n${reason}\ndrop view older_people;`,
    })

    const failure = await lintMigrations(folder).catch((error: unknown) => error)

    expect(String(failure)).toMatch(
      /A migration only adds, .*: -- migrate:takes-away REASON:\n.*0001_drop\.sql: drop view old_people$/,
    )
  })

  test('looks into a do with the eyes of squawk', async ({ project }) => {
    const folder = await project.migrations({
      '0000_table': table,
      '0001_do': `do $$ begin
        if not exists (select from people for update) then create index people_idx on people (name); end if;
        execute format('alter table %I add constraint %I unique (name)', 'people', 'key');
      end $$;`,
    })

    const failure = await lintMigrations(folder).catch((error: unknown) => error)

    expect(String(failure)).toMatch(/0001_do\.sql: in a do: require-concurrent-index-creation /)
    expect(String(failure)).toMatch(/0001_do\.sql: in a do: disallowed-unique-constraint /)
  })
})

const reason = '-- migrate:takes-away nobody reads it any more'

const takings = (sql: string) =>
  findTakings({
    tag: '0001_x',
    when: 1,
    hash: '',
    text: sql,
    statements: [sql],
    isTransactional: true,
  })

describe('findTakings', () => {
  test.for([
    'truncate people',
    'TRUNCATE TABLE people CASCADE',
    'delete from people where id = 1',
    'with old as (select 1) delete from people',
    'merge into people using b on true when matched then delete',
    'drop schema archive cascade',
    'drop view a',
    'drop materialized view a',
    'drop function f(int)',
    'drop type mood',
    'drop trigger a on b',
    'drop index concurrently if exists a',
    'drop owned by clerk',
    'alter table people set schema archive',
    'alter table people owner to clerk',
    'alter table people drop constraint people_name',
    'alter table people alter name drop default',
    'alter table people rename constraint a to b',
    'alter table people disable trigger all',
    'alter table people enable row level security',
    'alter table visits detach partition visits_2026',
    'alter view a rename to b',
    `alter type mood rename value 'calm' to 'quiet'`,
    'alter function f() set schema archive',
    'revoke select on people from clerk',
    'alter default privileges in schema public revoke select on tables from clerk',
    'alter role clerk nologin',
    'do $$ begin drop table people; end $$',
    'do $$ begin if true then alter table people drop column name; end if; end $$',
    'do $$ begin if exists (select for update) then truncate people; end if; end $$',
    'do $$ declare t text; begin for t in select 1 loop delete from people; end loop; end $$',
    `do 'begin execute ''drop table '' || quote_ident(''people''); end'`,
    `do $do$ begin execute format($$ revoke all on %I from public $$, 'people'); end $do$`,
    `do $$ begin execute 'alter table ' || t || ' rename column a to b'; end $$`,
    '-- Nobody reads it.\ndrop view a',
  ])('names %s', (sql) => {
    expect(takings(sql)).not.toEqual([])
    expect(takings(`${reason}\n${sql}`)).toEqual([])
  })

  test.for([
    'create table people (id int references rooms on delete cascade)',
    'alter table people add constraint a foreign key (b) references c on delete set null',
    'create trigger a after update or delete on people execute function touch()',
    'create policy a on people for delete using (true)',
    'create function f() returns void language sql as $$ delete from people $$',
    'create function f() returns void begin atomic delete from people; end',
    'alter index a rename to b',
    'grant select, delete, truncate on people to clerk',
    `insert into people (name) values ('drop view a')`,
    `comment on table people is 'delete from it, and drop it'`,
    'alter table people add column "drop constraint" text',
    'alter default privileges in schema public grant delete on tables to clerk',
    'do $$ begin create role clerk nologin; exception when duplicate_object then null; end $$',
    '/* drop view a */ select 1',
  ])('lets pass %s', (sql) => {
    expect(takings(sql)).toEqual([])
  })
})
