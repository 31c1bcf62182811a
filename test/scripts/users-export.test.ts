// Takes over ten seconds: each test runs the command, most of them to the end of an export.

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { createClient } from '../../src/client.ts'
import { feedShows } from '../support/feed.ts'
import { insertWithEvents } from '../support/insert-people.ts'
import { ada, grace, people } from '../support/people.ts'
import type { Project } from '../support/project.ts'
import type { Service } from '../support/service.ts'
import { test } from '../support/users-command-test.ts'

async function run(project: Project, script: 'import' | 'export', ...args: string[]) {
  const command = project.run('node', [`scripts/users/${script}.ts`, ...args])
  return { code: await command.ended, output: command.output() }
}

const read = ({ directory }: Project, file: string) => readFile(join(directory, file), 'utf8')

const files = async ({ directory }: Project) =>
  (await readdir(directory)).filter((file) => file.startsWith('users'))

/** Each must come back as it went. */
const awkward = [
  '=SUM(A1)',
  "'=SUM(A1)",
  "''@x",
  '+1',
  '-1',
  '@home',
  "'",
  "'quoted'",
  'O"Brien',
  '"',
  '""',
  'Smith, John',
  ',',
  'Zo\u00eb \u{1f469}\u200d\u{1f680}',
  '\ufeffBOM',
  '\\n',
].map((name, index) => ({ name, email: `awkward.${index}@example.com` }))

async function fill(service: Service, users: readonly unknown[]): Promise<void> {
  const body = users.map((user) => JSON.stringify(user)).join('\n')
  const headers = { 'Content-Type': 'application/x-ndjson' }
  const answer = await service.request('POST', '/users/import', body, headers)
  expect(answer.body).toMatchObject({ created: users.length })
}

describe('npm run users:export', () => {
  for (const [file, tags] of [
    ['users.csv', []],
    ['users.ndjson', ['slow']],
  ] as const) {
    test(`writes ${file}, which imported again gives the same users`, {
      tags: [...tags],
    }, async ({ project, service, database }) => {
      const users = [...awkward, ...people(2_500)]
      await fill(service, users)

      const exported = await run(project, 'export', file, '--url', service.url.href)
      await database.empty()
      const imported = await run(project, 'import', file, '--url', service.url.href)

      expect(exported.output).toMatch(
        new RegExp(
          `^Exported ${users.length} users to ${file} in [\\d.]+ s \\(\\d+ rows a second\\)\\.\n$`,
        ),
      )
      expect(exported.code).toBe(0)
      expect(imported.output).toContain(
        `: ${users.length} created, 0 updated, 0 skipped, 0 refused`,
      )
      expect(await files(project)).toEqual([file])
      const byEmail = 'select name, email from users order by email collate "C"'
      expect(await database.query(byEmail)).toEqual(
        users.toSorted((one, other) => (one.email < other.email ? -1 : 1)),
      )
    })
  }

  test('writes what the filters let through, as --format says', { tags: ['slow'] }, async ({
    project,
    service,
  }) => {
    await fill(service, [ada, grace, ...people(10)])
    const url = ['--url', service.url.href]

    await run(project, 'export', 'users.txt', '--format', 'csv', '--q', 'hopp', ...url)
    const none = await run(project, 'export', 'users.jsonl', '--email', 'no@example.com', ...url)
    const header = await run(project, 'export', 'users.csv', '--email', 'no@example.com', ...url)

    expect(await read(project, 'users.txt')).toMatch(
      /^id,name,email,version,createdAt,updatedAt\r\n2,Grace Hopper,grace@example\.com,1,[^\r]+\r\n$/,
    )
    expect([none.output, header.output]).toEqual([
      expect.stringContaining('Exported 0 users to users.jsonl'),
      expect.stringContaining('Exported 0 users to users.csv'),
    ])
    expect(await read(project, 'users.jsonl')).toBe('')
  })

  test('writes what Excel opens right, and imports it again', { tags: ['slow'] }, async ({
    project,
    service,
    database,
  }) => {
    const users = [...awkward, { name: 'a;=1+1', email: 'zoe@example.com' }]
    await fill(service, users)
    const excel = ['--excel', '--separator', 'semicolon', '--url', service.url.href]

    await run(project, 'export', 'users.csv', ...excel)
    const text = await readFile(join(project.directory, 'users.csv'), 'utf8')
    await database.empty()
    const { output } = await run(project, 'import', 'users.csv', '--url', service.url.href)

    expect(text.slice(0, 10)).toBe('\ufeffid;name;e')
    expect(text).toContain(";'=SUM(A1);awkward.0@example.com;1;")
    expect(text).toContain(';"a;=1+1";zoe@example.com;1;')
    expect(output).toContain(
      'is CSV in UTF-8 with a byte order mark, separated by semicolons, with',
    )
    expect(output).toContain(`: ${users.length} created, 0 updated, 0 skipped, 0 refused`)
    expect(await database.query('select name from users order by name')).toEqual(
      users.map(({ name }) => ({ name })).sort((one, other) => (one.name < other.name ? -1 : 1)),
    )
  })

  test('says where the feed of events goes on', async ({ service, database, project }) => {
    await insertWithEvents(database, 3)
    await feedShows(service, 3)
    const at = ['--url', service.url.href, '--cursor-file', 'feed.cursor']

    const exported = await run(project, 'export', 'users.ndjson', ...at)

    expect(exported.code, exported.output).toBe(0)
    const client = createClient(service.url.href)
    const cursor = (await read(project, 'feed.cursor')).trim()
    expect((await client.events.page({ cursor })).events).toEqual([])
    await service.request('DELETE', '/users/2')
    await feedShows(service, 2)
    expect((await client.events.page({ cursor })).events).toMatchObject([{ userId: 2 }])
  })

  test('takes no cursor from a feed that must be mended first', { tags: ['slow'] }, async ({
    service,
    database,
    project,
  }) => {
    await insertWithEvents(database, 2)
    await database.query(`update user_events set transaction_id = '9000000000'`)
    const at = ['--url', service.url.href, '--cursor-file', 'feed.cursor']

    const copy = project.run('node', ['scripts/users/export.ts', 'users.ndjson', ...at])
    expect(await copy.ended).toBe(1)
    expect(copy.output()).toContain('Run `npm run users:events` once')
    expect(await files(project)).toEqual([])
  })

  test('replaces a file only when it is told to', async ({ project, service }) => {
    await fill(service, [ada])
    await project.write('users.csv', 'precious')

    const first = await run(project, 'export', 'users.csv', '--url', service.url.href)
    const kept = await read(project, 'users.csv')
    const second = await run(project, 'export', 'users.csv', '--force', '--url', service.url.href)

    expect(first).toEqual({
      code: 1,
      output: 'users.csv is there already: name another file, or add --force.\n',
    })
    expect(kept).toBe('precious')
    expect(second.code).toBe(0)
    expect(await read(project, 'users.csv')).toContain(ada.email)
  })

  test('leaves nothing of an export that was cut off', { tags: ['slow'] }, async ({
    project,
    proxy,
    service,
  }) => {
    await fill(service, people(5_000))
    await project.write('users.csv', 'precious')
    proxy.plan(undefined, 'cut')

    const { code, output } = await run(
      project,
      'export',
      'users.csv',
      '--force',
      '--url',
      proxy.url,
    )

    expect(code).toBe(1)
    expect(output).toMatch(
      /^The users service gave no whole answer: [^\n]+\. Nothing was written\.\n$/,
    )
    expect(await files(project)).toEqual(['users.csv'])
    expect(await read(project, 'users.csv')).toBe('precious')
  })

  test('tries again when the export cannot begin', { tags: ['slow'] }, async ({
    project,
    proxy,
    service,
  }) => {
    await fill(service, [ada])
    proxy.plan(undefined, 'reset-before', { status: 502, body: '<h1>Bad Gateway</h1>' })

    const { code } = await run(project, 'export', 'users.csv', '--url', proxy.url)

    expect(code).toBe(0)
  })

  type Slip = readonly [what: string, args: readonly string[], sentence: RegExp]
  const explains = async (
    [, args, sentence]: Slip,
    { project, service }: { project: Project; service: Service },
  ) => {
    const { code, output } = await run(project, 'export', '--url', service.url.href, ...args)

    expect(output).toMatch(sentence)
    expect(code).toBe(output.includes('Usage:') ? 2 : 1)
    expect(output).not.toMatch(/^\s+at /m)
  }

  test.for<Slip>([
    ['a file of another kind', ['users.txt'], /^The name users\.txt does not say .*\nUsage: npm/],
    ['a filter that is refused', ['a.csv', '--q', 'x'], /^The request breaks the rules .* q must/],
  ])('explains %s', explains)

  test.for<Slip>([
    ['NDJSON for Excel', ['a.ndjson', '--excel'], /^--excel and --separator are of CSV/],
    ['two files', ['a.csv', 'b.csv'], /^Name one file\.\nUsage: npm run users:export/],
    ['a folder that is missing', ['none/a.csv'], /^ENOENT: no such file or directory/],
    [
      'a service that is away',
      ['a.csv', '--url', 'http://127.0.0.1:2'],
      /^No users service answers at http:\/\/127\.0\.0\.1:2\/\./,
    ],
  ])('explains %s', { tags: ['slow'] }, explains)
})
