import { describe, expect, test } from 'vitest'
import { isSafeToRepeat } from '../../scripts/migrations/repeatable.ts'

describe('isSafeToRepeat', () => {
  test.for([
    'create index concurrently if not exists a on b (c)',
    'CREATE UNIQUE INDEX CONCURRENTLY a ON b (c)',
    'drop index concurrently if exists a',
    'reindex table concurrently a',
    `alter type mood add value if not exists 'glad'`,
    'alter table a detach partition b concurrently',
    'vacuum analyze a',
    'create database other',
    'alter table a validate constraint b',
    'create table if not exists a ()',
    'create or replace view a as select 1',
    'drop table if exists a',
    `insert into a values ('b') on conflict do nothing`,
    'insert into a select b from c where not exists (select from a)',
    `update a set b = 'b' where b is null`,
    'update a set b = c where b is distinct from c',
    `update a set note = 'n = n + 1'`,
    'do $$ begin update a set b = c where id > done; done := done + 2000; commit; end $$',
    'call copy_names()',
  ])('takes %s', (statement) => {
    expect(isSafeToRepeat(statement)).toBe(true)
  })

  test.for([
    'insert into a values (1)',
    `insert into a values ('on conflict')`,
    'insert into a values (1) -- on conflict do nothing',
    'with b as (select 1) insert into a select * from b',
    'update a set n = n + 1 where id < 9',
    `update a set b = 1, name = a.name || '!'`,
    'create table a ()',
    'drop table a',
    'alter table a add column b text',
    'alter table a rename to b',
    'create index a on b (c)',
    'do $$ begin insert into a values (1); commit; end $$',
    'do $$ begin for i in 1..3 loop update a set n = n * 2; commit; end loop; end $$',
    `do 'begin insert into a values (''b''); commit; end'`,
    `do $do$ begin execute 'insert into a values (1)'; commit; end $do$`,
    `do $do$ begin execute format($$ insert into %I values (1) $$, 'a'); commit; end $do$`,
  ])('refuses %s', (statement) => {
    expect(isSafeToRepeat(statement)).toBe(false)
  })
})
