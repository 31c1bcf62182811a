import { describe, expect } from 'vitest'
import { ada, grace, people } from '../../support/people.ts'
import type { Service } from '../../support/service.ts'
import { test } from '../../support/shared-test.ts'

const ndjson = { 'Content-Type': 'application/x-ndjson' }
const csv = { 'Content-Type': 'text/csv; charset=utf-8' }

const lines = (values: readonly unknown[]) =>
  values.map((value) => `${JSON.stringify(value)}\n`).join('')

const importCsv = (service: Service, text: string, query = '') =>
  service.request('POST', `/users/import${query}`, text, csv)

const importNdjson = (service: Service, text: string, query = '') =>
  service.request('POST', `/users/import${query}`, text, ndjson)

describe('POST /users/import of NDJSON', () => {
  test('creates the users of its lines', async ({ service, database }) => {
    const answer = await importNdjson(service, `\n${lines([ada, grace])}\r\n`)

    expect(answer).toMatchObject({
      status: 200,
      body: { created: 2, updated: 0, skipped: 0, refused: [] },
    })
    expect(await database.query('select name, email, version from users order by id')).toEqual([
      { ...ada, version: 1 },
      { ...grace, version: 1 },
    ])
  })

  test('refuses lines one by one, and says why', async ({ service, database }) => {
    const body = [
      JSON.stringify(ada),
      '{"name":"Grace',
      '',
      JSON.stringify({ name: 'Grace', email: 'grace' }),
      JSON.stringify({ name: ' Grace', email: grace.email }),
      '[]',
      JSON.stringify({ ...grace, nickname: 'Amazing' }),
      JSON.stringify({ ...grace, email: 'ADA@example.com' }),
      JSON.stringify({ id: 7, version: 'x', createdAt: null, ...grace }),
    ].join('\n')

    const answer = await importNdjson(service, body)

    expect(answer).toMatchObject({
      status: 200,
      body: {
        created: 2,
        updated: 0,
        skipped: 0,
        refused: [
          { line: 2, pointer: '', detail: 'is not JSON' },
          { line: 4, pointer: '/email', detail: expect.stringContaining('must be an email') },
          { line: 5, pointer: '/name', detail: 'must not begin with white space' },
          { line: 6, pointer: '', detail: 'must be a JSON object' },
          { line: 7, pointer: '/nickname', detail: 'is not a field of this body' },
          { line: 8, pointer: '/email', detail: 'stands on line 1 already' },
        ],
      },
    })
    expect(await database.query('select email from users order by id')).toEqual([
      { email: ada.email },
      { email: grace.email },
    ])
  })

  test('skips the emails that there are, whatever their case', async ({ service }) => {
    await service.request('POST', '/users', ada)

    const body = lines([{ name: 'Ada King', email: 'ADA@example.com' }, grace])
    const answer = await importNdjson(service, body)

    expect(answer.body).toEqual({ created: 1, updated: 0, skipped: 1, refused: [] })
    expect(await service.request('GET', '/users/1')).toMatchObject({ body: { ...ada, version: 1 } })
  })

  test('updates them when asked to, and raises the version of those that change', async ({
    service,
  }) => {
    await importNdjson(service, lines([ada, grace]))

    const king = { name: 'Ada King', email: 'ADA@example.com' }
    const body = lines([king, grace, { name: 'Linus', email: 'linus@example.com' }])
    const answer = await importNdjson(service, body, '?onConflict=update')

    expect(answer.body).toEqual({ created: 1, updated: 1, skipped: 1, refused: [] })
    expect(await service.request('GET', '/users/1')).toMatchObject({
      body: { ...king, version: 2 },
    })
    expect(await service.request('GET', '/users/2')).toMatchObject({
      body: { ...grace, version: 1 },
    })
  })

  test('takes nothing for nothing', async ({ service }) => {
    for (const body of ['', '\n', '\n\r\n\n']) {
      const answer = await importNdjson(service, body)
      expect(answer.body).toEqual({ created: 0, updated: 0, skipped: 0, refused: [] })
    }
  })

  test('takes 5,000 lines, and refuses more', async ({ service, database }) => {
    const answer = await importNdjson(service, lines(people(5_000)))
    const more = await importNdjson(service, lines(people(5_001)))

    expect(answer).toMatchObject({ status: 200, body: { created: 5_000, refused: [] } })
    expect(more).toMatchObject({
      status: 413,
      body: { detail: 'The body has more than 5000 lines, which is the most. Send it in parts.' },
    })
    expect(await database.query('select count(*)::integer as users from users')).toEqual([
      { users: 5_000 },
    ])
  })

  test('refuses millions of blank or broken lines before they take memory', async ({ service }) => {
    for (const [text, headers] of [
      ['\n'.repeat(4 * 1024 * 1024), ndjson],
      ['1\n'.repeat(2 * 1024 * 1024), ndjson],
      [`name,email\n${'\n'.repeat(4_000_000)}`, csv],
      [`name,email\n${'a\r'.repeat(2_000_000)}`, csv],
    ] as const) {
      const answer = await service.request('POST', '/users/import', text, headers)
      expect(answer).toMatchObject({ status: 413, body: { type: '/problems/body-too-large' } })
    }
  })

  test('refuses a coding that it does not read', async ({ service }) => {
    const answer = await service.request('POST', '/users/import', lines([ada]), {
      ...ndjson,
      'Content-Encoding': 'gzip',
    })

    expect(answer).toMatchObject({
      status: 415,
      body: { detail: expect.stringContaining('Content-Encoding') },
    })
  })

  test('refuses more than 4 MiB, and what is not UTF-8', async ({ service }) => {
    const large = await importNdjson(service, ' '.repeat(4 * 1024 * 1024 + 1))
    const latin1 = await fetch(new URL('/users/import', service.url), {
      method: 'POST',
      headers: ndjson,
      body: Buffer.from('{"name":"Zo\u00eb","email":"zoe@example.com"}', 'latin1'),
    })

    expect(large).toMatchObject({ status: 413, body: { type: '/problems/body-too-large' } })
    expect([latin1.status, await latin1.json()]).toMatchObject([
      400,
      { type: '/problems/malformed-json' },
    ])
  })

  test('refuses another media type, another option and another method', async ({ service }) => {
    const type = await service.request('POST', '/users/import?x=1', '[]')
    const option = await importNdjson(service, '', '?onConflict=replace')
    const methods = await Promise.all(
      ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'].map((method) =>
        service.request(method, '/users/import'),
      ),
    )

    expect(type).toMatchObject({ status: 415, body: { detail: expect.stringContaining('ndjson') } })
    expect(option).toMatchObject({ status: 422, body: { errors: [{ parameter: 'onConflict' }] } })
    for (const { status, headers } of methods) {
      expect([status, headers.get('Allow')]).toEqual([405, 'POST, OPTIONS'])
    }
  })
})

describe('POST /users/import of CSV', () => {
  test.for([
    ['with line feeds', 'name,email\nAda Lovelace,ada@example.com\n'],
    ['of RFC 4180', 'name,email\r\n"Ada Lovelace","ada@example.com"\r\n'],
    ['of old Macs', 'name,email\rAda Lovelace,ada@example.com'],
    ['with a byte order mark', '\ufeffname,email\nAda Lovelace,ada@example.com'],
    ['with columns in any order and case', 'Email,NAME\nada@example.com,Ada Lovelace'],
    ['with cells to trim', ' name ,\temail\n\u00a0 Ada Lovelace\t, ada@example.com \n\n'],
    [
      'with rows of separators alone',
      '\r\n,\r\nname,email\r\n,\r\n"",\u00a0\r\nAda Lovelace,ada@example.com\r\n,,,\r\n',
    ],
    ['with empty cells at the end', 'name,email,, \nAda Lovelace,ada@example.com,,,\t,\n'],
    [
      'that was exported',
      'id,name,email,version,createdAt,updatedAt\n9,Ada Lovelace,ada@example.com,4,x,y',
    ],
  ] as const)('takes a file %s', async ([, text], { service, database }) => {
    const answer = await importCsv(service, text)

    expect(answer.body).toEqual({ created: 1, updated: 0, skipped: 0, refused: [] })
    expect(await database.query('select id, name, email from users')).toEqual([{ id: '1', ...ada }])
  })

  test('takes quotes, commas and formulas for what they are', async ({ service, database }) => {
    const text = [
      'name,email',
      '"Ada ""the first"", Countess",1@example.com',
      "'=1+1,2@example.com",
      "''=1+1,3@example.com",
      "'Ada,4@example.com",
      '=1+1,5@example.com',
      "'+1,'+1@example.com",
      "'\uff1d1,6@example.com",
    ].join('\n')

    const answer = await importCsv(service, text)

    expect(answer).toMatchObject({ body: { created: 7, refused: [] } })
    expect(await database.query('select name, email from users order by id')).toEqual([
      { name: '+1', email: '+1@example.com' },
      { name: 'Ada "the first", Countess', email: '1@example.com' },
      { name: '=1+1', email: '2@example.com' },
      { name: "'=1+1", email: '3@example.com' },
      { name: "'Ada", email: '4@example.com' },
      { name: '=1+1', email: '5@example.com' },
      { name: '\uff1d1', email: '6@example.com' },
    ])
  })

  test('refuses lines by the number on which they begin', async ({ service }) => {
    const text = [
      'email,name',
      '1@example.com,"two',
      'lines"',
      '',
      '2@example.com',
      '3@example.com,Ada,1815',
      '4@example.com,',
      '5@example.com,Ada',
    ].join('\r\n')

    const answer = await importCsv(service, text)

    expect(answer).toMatchObject({
      body: {
        created: 1,
        refused: [
          { line: 2, pointer: '/name', detail: expect.stringContaining('control character') },
          { line: 5, pointer: '', detail: 'has 1 cell for 2 columns' },
          { line: 6, pointer: '', detail: 'has 3 cells for 2 columns' },
          { line: 7, pointer: '/name', detail: 'must have 1 to 200 characters' },
        ],
      },
    })
  })

  test('refuses a record of more than 16 KiB, and a header of too many cells', async ({
    service,
  }) => {
    const text = `name,email\n${'a'.repeat(16_370)},1@example.com\n${','.repeat(16_384)}\n`
    const answer = await importCsv(service, `${text}Ada,2@example.com`)
    const headers = await Promise.all(
      [','.repeat(4_000_000), `name,email${' '.repeat(16_384)}`].map((header) =>
        importCsv(service, `${header}\nAda,1@example.com`),
      ),
    )

    expect(answer).toMatchObject({
      body: {
        created: 1,
        refused: [
          { line: 2, pointer: '', detail: 'is longer than 16384 characters' },
          { line: 3, pointer: '', detail: 'is longer than 16384 characters' },
        ],
      },
    })
    expect(headers.map(({ status }) => status)).toEqual([422, 422])
  })

  test.for([
    ['nothing', ''],
    ['no header', 'Ada Lovelace,ada@example.com'],
    ['a column too few', 'name\nLovelace'],
    ['a column too many', 'name,email,phone\nLovelace,ada@example.com,1'],
    ['a column twice', 'name,email,name\nLovelace,ada@example.com,Ada'],
    ['semicolons', 'name;email\nLovelace;ada@example.com'],
  ] as const)('refuses a file with %s', async ([, text], { service }) => {
    const answer = await importCsv(service, text)

    expect(answer).toMatchObject({
      status: 422,
      body: { errors: [{ detail: expect.stringContaining('name and email') }] },
    })
    // Words that no random id in the answer can hold by chance.
    expect(answer.text).not.toMatch(/lovelace|example/i)
  })

  test('refuses a line with a quote inside a bare cell, and no other', async ({
    service,
    database,
  }) => {
    const text = [
      'email,name',
      '1@example.com,"Ada\n""the first"""',
      '2@example.com,John "Jack" Doe',
      '3@example.com,12" Jane, "x',
      ' "4@example.com", "Doe, Jane"',
      '5@example.com,"Ada ""the first"""',
      '6@example.com,Ada\u201d',
    ].join('\r\n')

    const answer = await importCsv(service, text)

    const detail = expect.stringMatching(/^has a quote inside a cell that does not begin with one/)
    expect(answer).toMatchObject({
      body: {
        created: 2,
        refused: [
          { line: 2, pointer: '/name', detail: expect.stringContaining('control character') },
          ...[4, 5, 6].map((line) => ({ line, pointer: '', detail })),
        ],
      },
    })
    expect(await database.query('select name from users order by email')).toEqual([
      { name: 'Ada "the first"' },
      { name: 'Ada\u201d' },
    ])
  })

  test.for([
    ['header', 'U+200B', 'name,email\u200b\nAda,ada@example.com'],
    ['header', 'U+00A0', 'name,e\u00a0mail\nAda,ada@example.com'],
    ['header', 'U+FEFF', '\ufeff\ufeffname,email\nAda,ada@example.com'],
    ['email', 'U+200B', 'name,email\nAda,ada@example.com\u200b'],
    ['email', 'U+00A0', 'name,email\nAda,ada\u00a0lovelace@example.com'],
    ['email', 'U+FEFF', 'name,email\nAda,\ufeffada@example.com'],
  ] as const)('names an invisible character in the %s: %s', async ([, name, text], { service }) => {
    const answer = await importCsv(service, text)

    expect(answer.text).toContain(`the invisible character ${name}`)
    expect(answer.text).not.toMatch(/example/)
  })

  test('says how to save a file that is not in UTF-8', async ({ service }) => {
    const answer = await fetch(new URL('/users/import', service.url), {
      method: 'POST',
      headers: csv,
      body: Buffer.from('name,email\nZo\u00eb,zoe@example.com', 'latin1'),
    })

    expect([answer.status, await answer.json()]).toMatchObject([
      400,
      {
        detail: expect.stringMatching(/^The body is not in UTF-8\. Save the file as UTF-8: Excel/),
      },
    ])
  })

  test('refuses a file that is said to have no header', async ({ service }) => {
    const send = (type: string) =>
      service.request('POST', '/users/import', 'name,email\nAda,ada@example.com', {
        'Content-Type': type,
      })

    for (const type of ['text/csv; header=absent', 'text/csv;charset=utf-8; Header="Absent"']) {
      expect(await send(type)).toMatchObject({
        status: 415,
        body: { detail: expect.stringContaining('without header=absent') },
      })
    }
    expect(await send('text/csv; header=present')).toMatchObject({ body: { created: 1 } })
  })

  test('refuses a file whose quotes do not match, and says where', async ({
    service,
    database,
  }) => {
    for (const cell of ['"Ada', '"Ada" Lovelace', '"Ada" ', String.raw`"Ada \"A\" L"`]) {
      const text = `name,email\nGrace,grace@example.com\n${cell},ada@example.com\nZoe,z@example.com\n`
      const answer = await importCsv(service, text)
      expect(answer).toMatchObject({
        status: 400,
        body: {
          type: '/problems/malformed-csv',
          detail: 'The quotes of line 3 do not match. Inside of quotes, a quote is written twice.',
        },
      })
    }
    expect(await database.query('select id from users')).toEqual([])
  })
})
