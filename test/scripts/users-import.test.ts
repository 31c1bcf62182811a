// Takes over ten seconds: it starts the command for each way in which an import can go.

import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { people } from '../support/people.ts'
import type { Project } from '../support/project.ts'
import type { Mishap } from '../support/proxy.ts'
import { test } from '../support/users-command-test.ts'

async function run(project: Project, ...args: string[]) {
  const command = project.run('node', ['scripts/users/import.ts', ...args])
  return { code: await command.ended, output: command.output() }
}

const read = ({ directory }: Project, file: string) => readFile(join(directory, file), 'utf8')

const ndjson = (values: readonly unknown[]) =>
  values.map((value) => `${JSON.stringify(value)}\n`).join('')

/** What no other part of the output tells: seconds and rows a second. */
const summary = (output: string) => output.replace(/in [\d.]+ s \(\d+ rows/, 'in … s (… rows')

/** What the command says of a file of `people` before it sends it. */
const understood = (records: number) =>
  `users.csv is CSV in UTF-8, separated by commas, with ${records} records.\n` +
  '  name: "name"\n  email: "email"\n  The first user: Person 1, person.1@example.com\n'

const awkward = [
  '=SUM(A1)',
  "'=SUM(A1)",
  '+1',
  '-1',
  '@home',
  "'",
  'O"Brien',
  '"',
  'Smith, John',
  'Zo\u00eb \u{1f469}\u200d\u{1f680}',
  '\ufeffBOM',
].map((name, index) => ({ name, email: `awkward.${index}@example.com` }))

describe('npm run users:import', () => {
  test('imports NDJSON, whatever is in it and however long it is', { tags: ['slow'] }, async ({
    project,
    service,
    database,
  }) => {
    const users = [...awkward, ...people(5_345)]
    await project.write('users.jsonl', `\ufeff${ndjson(users).trimEnd()}`)

    const { code, output } = await run(project, 'users.jsonl', '--url', service.url.href)

    expect(summary(output)).toBe(
      `users.jsonl is NDJSON in UTF-8 with a byte order mark, with ${users.length} records.\n` +
        `Imported users.jsonl: ${users.length} created, 0 updated, 0 skipped, 0 refused, ` +
        'in … s (… rows a second).\n',
    )
    expect(code).toBe(0)
    expect(await emails(database)).toEqual(users.map(({ email }) => email).sort())
    const names = await database.query<{ name: string }>(
      "select name from users where email like 'awkward%' order by split_part(split_part(email, '@', 1), '.', 2)::integer",
    )
    expect(names.map(({ name }) => name)).toEqual(awkward.map(({ name }) => name))
  })

  for (const { end, mark, tags } of [
    { end: '\n', mark: '', tags: ['slow'] },
    { end: '\r\n', mark: '\ufeff', tags: ['slow'] },
    { end: '\r', mark: '', tags: ['slow'] },
  ]) {
    test(`imports CSV with the line end ${JSON.stringify(end)}`, { tags }, async ({
      project,
      proxy,
      database,
    }) => {
      const cells = [
        ['email', 'name'],
        ...people(5_500).map(({ name, email }) => [email, name]),
        ['quoted@example.com', '"O""Brien, the\u00a0first"'],
        ['apostrophe@example.com', "'=SUM(A1)"],
      ]
      await project.write('users.csv', mark + cells.map((row) => row.join(',') + end).join(''))

      const { code, output } = await run(project, 'users.csv', '--url', proxy.url)

      expect([code, output]).toEqual([0, expect.stringContaining(': 5502 created, 0 updated')])
      expect(proxy.requests).toHaveLength(3)
      expect(
        await database.query("select name from users where name not like 'Person%' order by 1"),
      ).toEqual([{ name: '=SUM(A1)' }, { name: 'O"Brien, the\u00a0first' }])
    })
  }

  test('keeps what it refuses, to be mended and imported again', { tags: ['slow'] }, async ({
    project,
    service,
    database,
  }) => {
    const rows = people(6_000).map(({ name, email }) => `${name},${email}`)
    rows[9] = 'Nobody,nowhere'
    rows[10] = '"Two\nlines",two.lines@example.com'
    rows[5_500] = `Person 1,person.5500@example.com`
    await project.write('users.csv', `name,email\n${rows.join('\n')}`)

    const first = await run(project, 'users.csv', '--url', service.url.href)
    const mended = (await read(project, 'users.refused.csv'))
      .replace('nowhere', 'nobody@example.com')
      .replace('Two\nlines', 'Two lines')
      .replace('Person 1,person.5500', 'Person 1,person.5501')
    await project.write('mended.csv', mended)
    const second = await run(project, 'mended.csv', '--url', service.url.href)

    expect(summary(first.output)).toBe(
      `${understood(6_000)}` +
        'Imported users.csv: 5997 created, 0 updated, 0 skipped, 3 refused, in … s (… rows a second).\n' +
        'The refused records are in users.refused.csv, to be mended and imported again; ' +
        'users.refused.reasons.ndjson says what is wrong with each.\n',
    )
    expect(first.code).toBe(0)
    expect(reasons(await read(project, 'users.refused.reasons.ndjson'))).toEqual([
      { line: 11, pointer: '/email', detail: expect.stringContaining('must be an email') },
      { line: 12, pointer: '/name', detail: expect.stringContaining('control character') },
      { line: 5_503, pointer: '/email', detail: 'stands on line 5502 already' },
    ])
    expect(second.output).toContain('3 created, 0 updated, 0 skipped, 0 refused')
    expect(await emails(database)).toHaveLength(6_000)
  })

  test('takes a file of another system, tried without sending, then sent, then mended', async ({
    project,
    proxy,
    database,
  }) => {
    const rows = [
      'sep=;',
      'Nr;Nachname;Vorname;E-Mail',
      '1;Müller;Jörg;joerg@example.com',
      ';;;',
      '2;"Doe"";""";John "Jack";john@example.com',
      '3;Roe;Jane;jane@example',
      '4;Gärtner;Zoë;zoe@example.com.',
    ]
    const refused = `\ufeff${[...rows.slice(0, 2), ...rows.slice(4)].join('\r\n')}\r\n`
    await project.write('users.csv', Buffer.from(rows.join('\r\n'), 'latin1'))
    const options = ['--url', proxy.url, '--encoding', 'cp1252', '--map', 'name=Vorname+Nachname']

    const tried = await run(project, 'users.csv', ...options, '--dry-run')
    const untouched = [proxy.requests.length, await readdir(project.directory)]
    const first = await run(project, 'users.csv', ...options)
    await project.write(
      'mended.csv',
      (await read(project, 'users.refused.csv'))
        .replace('John "Jack"', 'John')
        .replace('jane@example', 'jane@example.com')
        .replace('.com.', '.com'),
    )
    const second = await run(project, 'mended.csv', ...options)

    expect(tried.output).toMatch(
      /^users\.csv is CSV in Windows-1252, separated by semicolons, with 4 records\.\n {2}name: "Vorname" \+ "Nachname"\n {2}email: "E-Mail"\n {2}The first user: Jörg Müller, joerg@example\.com\nNothing was sent\. 1 record would be, and 3 refused\.\n {2}Line 5: has a quote .*\.\n {2}Line 6: email must be .*\.\n {2}Line 7: email must not end with a dot\.\n$/,
    )
    expect(untouched).toEqual([0, expect.not.arrayContaining(['users.refused.csv'])])
    expect(first.output).toContain(': 1 created, 0 updated, 0 skipped, 3 refused')
    expect(await read(project, 'users.refused.csv')).toBe(refused)
    expect(reasons(await read(project, 'users.refused.reasons.ndjson'))).toMatchObject([
      { line: 5, pointer: '' },
      { line: 6, pointer: '/email' },
      { line: 7, pointer: '/email' },
    ])
    expect(second.output).toContain(': 3 created, 0 updated, 0 skipped, 0 refused')
    expect(await database.query('select name from users order by email')).toEqual([
      { name: 'Jane Roe' },
      { name: 'Jörg Müller' },
      { name: 'John Doe";"' },
      { name: 'Zoë Gärtner' },
    ])
  })

  test('skips or updates what is there already', { tags: ['slow'] }, async ({
    project,
    service,
    database,
  }) => {
    await project.write('users.ndjson', ndjson(people(3)))
    await project.write('changed.ndjson', ndjson(people(4).map((each) => ({ ...each, name: 'X' }))))
    await run(project, 'users.ndjson', '--url', service.url.href)

    const again = await run(project, 'users.ndjson', '--url', service.url.href)
    const changed = ['changed.ndjson', '--on-conflict', 'update', '--url', service.url.href]
    const updated = await run(project, ...changed)

    expect(again.output).toContain(': 0 created, 0 updated, 3 skipped, 0 refused')
    expect(updated.output).toContain(': 1 created, 3 updated, 0 skipped, 0 refused')
    expect(await database.query('select distinct name from users')).toEqual([{ name: 'X' }])
  })

  test('updates in the order of the file', { tags: ['slow'] }, async ({
    project,
    service,
    database,
  }) => {
    const rows = Array.from({ length: 10_001 }, (_, index) => ({
      name: `Version ${index}`,
      email: index % 5_000 === 0 ? 'ada@example.com' : `person.${index}@example.com`,
    }))
    await project.write('users.ndjson', ndjson(rows))

    const args = ['users.ndjson', '--on-conflict', 'update', '--url', service.url.href]
    const { output } = await run(project, ...args)

    expect(output).toContain(': 9999 created, 2 updated, 0 skipped, 0 refused')
    expect(
      await database.query("select name, version from users where email = 'ada@example.com'"),
    ).toEqual([{ name: 'Version 10000', version: 3 }])
  })

  test('survives a connection that breaks, and makes no duplicates', { tags: ['slow'] }, async ({
    project,
    proxy,
    database,
  }) => {
    await project.write('users.ndjson', ndjson(people(15_001)))
    const unavailable: Mishap = { status: 503, headers: { 'Retry-After': '1' }, body: 'Sorry' }
    proxy.plan(undefined, 'reset-before', 'reset-after', unavailable, 'cut', 'reset-after')

    const { code, output } = await run(project, 'users.ndjson', '--url', proxy.url)

    expect([code, output]).toEqual([0, expect.stringMatching(/ 0 updated, \d+ skipped, 0 refused/)])
    expect(proxy.requests.length).toBe(1 + 4 + 5)
    expect(await emails(database)).toHaveLength(15_001)
  })

  test('says how to go on when the service fails for good, and goes on there', {
    tags: ['slow'],
  }, async ({ project, proxy, database }) => {
    const rows = people(20_000).map(({ name, email }) => `${name},${email}`)
    rows[19_000] = 'Nobody,nowhere'
    await project.write('users.csv', `name,email\n${rows.join('\n')}\n`)
    const gone: Mishap = { status: 404, body: 'Gone' }
    proxy.plan(undefined, undefined, undefined, gone)

    const first = await run(project, 'users.csv', '--url', proxy.url)
    const [, line = ''] = /--from-line (\d+)\.\n$/.exec(first.output) ?? []
    const second = await run(project, 'users.csv', '--url', proxy.url, '--from-line', line)

    expect(first).toEqual({
      code: 1,
      output:
        understood(20_000) +
        'The answer, with status 404, is not one of the users service.\n' +
        `users.csv is imported up to line ${Number(line) - 1}. To go on, repeat the command with ` +
        `--from-line ${line}.\n`,
    })
    expect(['2', '5002', '10002', '15002']).toContain(line)
    expect(second).toEqual({ code: 0, output: expect.stringContaining('1 refused') })
    expect(reasons(await read(project, 'users.refused.reasons.ndjson'))).toMatchObject([
      { line: 19_002, pointer: '/email' },
    ])
    expect(await emails(database)).toHaveLength(19_999)
  })

  test('stops at Ctrl-C, and says how to go on', async ({ project, proxy, database }) => {
    await project.write('users.ndjson', ndjson(people(15_000)))
    const busy: Mishap = { status: 503, headers: { 'Retry-After': '60' }, body: 'Sorry' }
    proxy.plan(undefined, undefined, busy, busy, busy, busy)
    const command = project.run('node', [
      'scripts/users/import.ts',
      'users.ndjson',
      '--url',
      proxy.url,
    ])
    await expect.poll(() => proxy.requests.length).toBeGreaterThanOrEqual(3)
    // What was still on its way would come into the table of the next test.
    await expect.poll(() => emails(database)).toHaveLength(5_000)

    command.child.kill('SIGINT')

    expect(await command.ended).toBe(1)
    expect(command.output()).toMatch(
      /\nStopped\.\nusers\.ndjson is imported up to line \d+\. To go on, repeat the command with --from-line \d+\.\n$/,
    )
  })

  test('waits while the service is busy, more often than it takes failures', {
    tags: ['slow'],
  }, async ({ project, proxy, database }) => {
    await project.write('users.ndjson', ndjson(people(5_500)))
    const busy: Mishap = {
      status: 503,
      headers: { 'Retry-After': '0', 'Content-Type': 'application/problem+json' },
      body: JSON.stringify({
        type: '/problems/busy',
        title: 'Busy',
        status: 503,
        detail: 'As planned.',
        instance: 'instance',
      }),
    }
    proxy.plan(undefined, ...Array<Mishap>(5).fill(busy))

    const { code, output } = await run(project, 'users.ndjson', '--url', proxy.url)

    expect([code, output]).toEqual([0, expect.stringContaining(': 5500 created, 0 updated')])
    expect(proxy.requests).toHaveLength(1 + 5 + 2)
    expect(await emails(database)).toHaveLength(5_500)
  })

  test('tells the line whose quotes do not match', { tags: ['slow'] }, async ({
    project,
    service,
  }) => {
    const rows = people(6_000).map(({ name, email }) => `${name},${email}`)
    rows[5_299] = '"Nobody,nobody@example.com'
    await project.write('users.csv', `name,email\n${rows.join('\n')}`)

    const { code, output } = await run(project, 'users.csv', '--url', service.url.href)

    expect([code, output]).toEqual([
      1,
      'The quotes of line 5301 do not match. Inside of quotes, a quote is written twice.\n',
    ])
  })

  test('says what is wrong with a CSV without a header', async ({ project, service }) => {
    await project.write('users.csv', 'Ada Lovelace,ada@example.com\n')

    const { code, output } = await run(project, 'users.csv', '--url', service.url.href)

    expect(code).toBe(1)
    expect(output).toMatch(
      /^The header of users\.csv, on line 1, is not clear\. .* Put a line above it, such as name,email\.\n$/,
    )
    expect(output).not.toMatch(/lovelace|example/i)
  })

  test('says what is wrong with a record without an end', { tags: ['slow'] }, async ({
    project,
    service,
  }) => {
    await project.write('users.csv', `name,email\n"${'a,b\n'.repeat(2 ** 21)}`)

    const { output } = await run(project, 'users.csv', '--url', service.url.href)

    expect(output).toMatch(/^The record that begins on line 2 is longer than 4194304 characters\./)
  })

  test.for([
    ['a file that is missing', ['none.csv'], /^There is no file none\.csv\.\n$/],
    ['a folder', ['folder.csv'], /^There is no file folder\.csv\.\n$/],
    ['an empty file', ['empty.csv'], /^The file empty\.csv is empty\.\n$/],
    ['a file of another kind', ['users.txt'], /^The name users\.txt does not say .*\nUsage: npm/],
    ['no file', [], /^Name one file\.\nUsage: npm run users:import/],
    ['another format', ['a.csv', '--format', 'xml'], /^--format must be csv or ndjson\.\n/],
    ['a wrong address', ['a.csv', '--url', 'localhost:8787'], /^--url must be the address/],
    ['a wrong line', ['a.csv', '--from-line', '0'], /^--from-line must be/],
    ['a wrong choice', ['a.csv', '--on-conflict', 'ask'], /^--on-conflict must be/],
    ['a wrong map', ['a.csv', '--map', 'phone=Phone'], /^--map must say of which columns/],
    ['a wrong option', ['a.csv', '--force'], /^Unknown option '--force'.*\nUsage: npm/],
    [
      'a service that is away',
      ['users.csv', '--url', 'http://127.0.0.1:2'],
      /^No users service answers at http:\/\/127\.0\.0\.1:2\/\. Start it \(npm run dev\)/,
    ],
    ['refused records of before', ['old.csv'], /^old\.refused\.csv is there already/],
  ] as const)('explains %s', { tags: ['slow'] }, async ([, args, sentence], { project }) => {
    await project.write('empty.csv', '')
    await project.write('users.csv', 'name,email\n')
    await project.write('old.csv', 'name,email\n')
    await project.write('old.refused.csv', '')
    await mkdir(join(project.directory, 'folder.csv'))

    const { code, output } = await run(project, ...args)

    expect(output).toMatch(sentence)
    expect(code).toBe(output.includes('Usage:') ? 2 : 1)
    expect(output).not.toMatch(/^\s+at /m)
  })
})

const reasons = (text: string): unknown[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

async function emails(database: {
  query<Row extends Record<string, unknown>>(sql: string): Promise<Row[]>
}): Promise<string[]> {
  const rows = await database.query<{ email: string }>('select email from users')
  return rows.map(({ email }) => email).sort()
}
