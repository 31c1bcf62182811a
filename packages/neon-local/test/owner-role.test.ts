import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { test } from './support/neon-endpoint.ts'

const file = join(tmpdir(), 'written-by-postgres')

// Before version 16 of PostgreSQL, a role that makes roles can give itself more.
const isOwn = process.env['NEON_LOCAL_POSTGRES_URL'] === undefined

describe.runIf(isOwn)('the role that owns the databases', () => {
  test.for([
    ["copy (select 1) to program 'true'", /COPY to or from an external program/],
    ["create temp table t (line text); copy t from program 'id'", /external program/],
    [`copy (select 1) to '${file}'`, /COPY to a file/],
    ["create temp table t (line text); copy t from '/etc/passwd'", /COPY from a file/],
    ["select pg_read_file('/etc/passwd')", /denied for function pg_read_file/],
    ["select pg_read_binary_file('PG_VERSION')", /denied for function pg_read_binary_file/],
    ["select pg_ls_dir('.')", /denied for function pg_ls_dir/],
    ["select pg_stat_file('.')", /denied for function pg_stat_file/],
    ["select lo_import('/etc/passwd')", /denied for function lo_import/],
    [`select lo_export(lo_create(0), '${file}')`, /denied for function lo_export/],
    ['select rolpassword from pg_authid', /denied for table pg_authid/],
    ['select passwd from pg_shadow', /denied for view pg_shadow/],
    ["alter system set archive_command = 'id'", /denied to set parameter "archive_command"/],
    ["set session_preload_libraries = 'x'", /denied to set parameter/],
    ["load '/tmp/x.so'", /access to library/],
    ['select pg_reload_conf()', /denied for function pg_reload_conf/],
    ["create function f() returns int language c as '/tmp/x.so'", /for language c/],
    ["create function f() returns int language internal as 'int4in'", /for language internal/],
    ['create extension pageinspect', /denied to create extension/],
    ['create extension postgres_fdw', /denied to create extension/],
    ['create foreign data wrapper w', /denied to create foreign-data wrapper/],
    ['create event trigger t on ddl_command_end execute function f()', /event trigger/],
    ["create tablespace t location '/tmp'", /denied to create tablespace/],
    ['create role r superuser', /denied to create role/],
    ['create role r replication', /denied to create role/],
    ['create role r bypassrls', /denied to create role/],
    ['create role r in role pg_execute_server_program', /denied to grant role/],
    ['alter role current_user superuser', /denied to alter role/],
    ["alter role postgres password 'mine'", /denied to alter role/],
    ['grant postgres to current_user', /denied to grant role/],
    ['grant pg_read_server_files to current_user', /denied to grant role/],
    ['set role postgres', /denied to set role/],
    ['set session authorization postgres', /denied to set session authorization/],
  ] as const)('may not: %s', async ([sql, message], { database }) => {
    const client = await database.pool.connect()
    try {
      await expect(client.query(sql)).rejects.toThrow(message)
    } finally {
      client.release(true)
    }
  })

  test('is refused through the endpoint as well', async ({ send }) => {
    const { status, body } = await send({ query: "copy (select 1) to program 'id > pwned'" })

    expect(status).toBe(400)
    expect(body).toMatchObject({ code: '42501' })
  })

  test.for([
    'create extension if not exists pg_trgm',
    'create extension if not exists pgcrypto',
    'create schema mine; drop schema mine',
    'select pg_terminate_backend(0)',
    'select query from pg_stat_activity',
  ])('may: %s', async (sql, { database }) => {
    await expect(database.pool.query(sql)).resolves.toBeDefined()
  })
})
