import { describe, expect, test } from 'vitest'
import { splitStatements } from '../../scripts/migrations/split-statements.ts'

describe('splitStatements', () => {
  test.for<[string, string, string[]]>([
    ['nothing', ' ;\n-- a\n/* b */;', []],
    [
      'plain statements',
      'create table a (b int);\ncommit;\nselect 1',
      ['create table a (b int)', 'commit', 'select 1'],
    ],
    ['a string', `select 'a;''b';commit`, [`select 'a;''b'`, 'commit']],
    [
      'a backslash in a plain string',
      String.raw`select 'a\';commit`,
      [String.raw`select 'a\'`, 'commit'],
    ],
    [
      'an escape string',
      String.raw`select E'a\';b''c';commit`,
      [String.raw`select E'a\';b''c'`, 'commit'],
    ],
    [
      'a name that ends with e',
      String.raw`select date'a\';commit`,
      [String.raw`select date'a\'`, 'commit'],
    ],
    ['an identifier', 'select ";""";commit', ['select ";"""', 'commit']],
    [
      'dollar quotes',
      'do $$ begin commit; end $$;select 1',
      ['do $$ begin commit; end $$', 'select 1'],
    ],
    ['a tag', 'do $a$ ; $$ ; $b$ ; $a$;commit', ['do $a$ ; $$ ; $b$ ; $a$', 'commit']],
    [
      'a dollar in a name',
      'select a$b$;commit;select c$b$',
      ['select a$b$', 'commit', 'select c$b$'],
    ],
    ['a parameter', 'select $1;commit', ['select $1', 'commit']],
    ['line comments', "select 1 -- ; '\n;commit", ['select 1', 'commit']],
    ['nested comments', '/* ; /* ; */ ; */ commit; select 1', ['commit', 'select 1']],
    ['a comment between words', 'create/* so */index', ['create index']],
    [
      'parentheses',
      'create rule r as on insert to a do (select 1; select 2);commit',
      ['create rule r as on insert to a do (select 1; select 2)', 'commit'],
    ],
    [
      'a body in SQL',
      'create or replace function f() returns int begin atomic select case when true then 1 end; select 2; end;commit',
      [
        'create or replace function f() returns int begin atomic select case when true then 1 end; select 2; end',
        'commit',
      ],
    ],
    [
      'a transaction block',
      'begin;select case 1 when 1 then 2 end;end;',
      ['begin', 'select case 1 when 1 then 2 end', 'end'],
    ],
    ['a string without an end', "select 'a; commit", ["select 'a; commit"]],
    ['a dollar quote without an end', 'do $$ a; commit', ['do $$ a; commit']],
    ['a comment without an end', 'select 1; /* a; commit', ['select 1']],
  ])('keeps together what belongs together: %s', ([, script, statements]) => {
    expect(splitStatements(script)).toEqual(statements)
  })
})
