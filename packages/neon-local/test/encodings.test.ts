import type { Pool } from 'pg'
import { describe, expect } from 'vitest'
import { test as base, problem, raw, type Send, sender } from './support/neon-endpoint.ts'

/** What Neon's proxy says where PostgreSQL answers in bytes that are not UTF-8. */
const unreadableRow = { status: 500, body: problem('could not parse postgres response') }
const unreadable = (reason: string) => ({
  status: 400,
  body: problem(`error parsing response from server: ${reason}`),
})

const setLatin1 = { query: `set client_encoding = 'LATIN1'` }

/** Asks a database in another encoding than UTF-8. */
const test = base
  .extend('latin1', { scope: 'file' }, ({ database, endpoint }, { onCleanup }) =>
    createOther('LATIN1', database, endpoint.url, onCleanup),
  )
  .extend('ascii', { scope: 'file' }, ({ database, endpoint }, { onCleanup }) =>
    createOther('SQL_ASCII', database, endpoint.url, onCleanup),
  )

async function createOther(
  encoding: string,
  { name, url, pool }: { name: string; url: string; pool: Pool },
  endpointUrl: string,
  onCleanup: (cleanup: () => Promise<void>) => void,
): Promise<Send> {
  const other = `${name}_${encoding.toLowerCase()}`
  await pool.query(`create database ${other} template template0 encoding '${encoding}' locale 'C'`)
  onCleanup(async () => void (await pool.query(`drop database ${other} with (force)`)))
  return sender(endpointUrl, Object.assign(new URL(url), { pathname: other }).href)
}

describe('a database that is not UTF-8', () => {
  test('is spoken to in its own encoding', async ({ latin1, ascii }) => {
    const query = `select current_setting('client_encoding'), 'é😀', octet_length($1)`
    const params = ['é😀']

    expect(await latin1({ query, params }, raw)).toMatchObject({
      body: { rows: [['LATIN1', 'é😀', '6']] },
    })
    expect(await ascii({ query, params }, raw)).toMatchObject({
      body: { rows: [['SQL_ASCII', 'é😀', '6']] },
    })
  })

  test('is refused for a value that UTF-8 cannot hold as it is', async ({ latin1, ascii }) => {
    expect(await latin1({ query: 'select 1 as n, chr(233) as e' })).toMatchObject(unreadableRow)
    expect(await latin1({ query: 'select chr(233)' }, raw)).toMatchObject(unreadableRow)
    expect(await ascii({ query: `select substr('😀', 1, 3)` })).toMatchObject(unreadableRow)
    expect(await latin1({ query: 'select 1 as n' })).toMatchObject({ body: { rows: [{ n: 1 }] } })
  })

  test('is refused for such a name, and such an error', async ({ latin1 }) => {
    const named = `do $$ begin execute format('create table named (%I int)', chr(233)); end $$`
    await latin1({ query: named })

    expect(await latin1({ query: 'table named' })).toMatchObject(
      unreadable('incomplete utf-8 byte sequence from index 0'),
    )
    expect(await latin1({ query: `select ('a' || chr(233) || 'b')::int` })).toMatchObject(
      unreadable('invalid utf-8 sequence of 1 bytes from index 41'),
    )
  })
})

describe('client_encoding', () => {
  test('may be set by a statement', async ({ send }) => {
    const reply = await send({ queries: [setLatin1, { query: `select 'é' as e` }] })

    expect(reply).toMatchObject({ body: { results: [{}, { rows: [{ e: 'é' }] }] } })
    expect(await send({ query: 'show client_encoding' }, raw)).toMatchObject({
      body: { rows: [['UTF8']] },
    })
  })

  test('garbles nothing in silence', async ({ send }) => {
    const within = `select set_config('client_encoding', 'LATIN1', false), chr(233)`

    expect(await send({ queries: [setLatin1, { query: 'select chr(233)' }] })).toMatchObject(
      unreadableRow,
    )
    expect(await send({ query: within })).toMatchObject(unreadableRow)
  })

  test('as it is gives U+FFFD where that is the value', async ({ send }) => {
    const query = `select chr(65533) as value, 1 / length('\u{fffd}') as "\u{fffd}", null as nothing`

    expect(await send({ query })).toMatchObject({
      body: { rows: [{ value: '\u{fffd}', '\u{fffd}': 1, nothing: null }] },
    })
  })
})
