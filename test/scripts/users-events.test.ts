// Takes over ten seconds: each test runs the command, some of them until something has happened.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, vi } from 'vitest'
import { readPages } from '../../scripts/users/events/pages.ts'
import { createClient, type Event } from '../../src/client.ts'
import type { TestDatabase } from '../support/database.ts'
import { feedShows } from '../support/feed.ts'
import { insertWithEvents } from '../support/insert-people.ts'
import { ada, grace } from '../support/people.ts'
import type { Project } from '../support/project.ts'
import type { Service } from '../support/service.ts'
import { test } from '../support/users-command-test.ts'

/** Standard output goes to the end of `out.ndjson`, so that `output` is standard error alone. */
const start = (project: Project, ...args: string[]) =>
  project.run('sh', ['-c', 'exec node scripts/users/events.ts "$@" >> out.ndjson', 'sh', ...args])

async function run(project: Project, ...args: string[]) {
  const command = start(project, ...args)
  return { code: await command.ended, output: command.output() }
}

const read = ({ directory }: Project, file: string) =>
  readFile(join(directory, file), 'utf8').catch(() => '')

const events = async (project: Project): Promise<Event[]> =>
  (await read(project, 'out.ndjson'))
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Event)

const userIds = async (project: Project) => (await events(project)).map(({ userId }) => userId)

const fill = async (service: Service, database: TestDatabase, count: number) => {
  await insertWithEvents(database, count)
  await feedShows(service, count)
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

describe('npm run users:events', () => {
  test('prints each event once, on a line of its own, and goes on from a cursor', {
    tags: ['slow'],
  }, async ({ service, database, project }) => {
    await fill(service, database, 250)

    const first = await run(project, '--url', service.url.href)
    const [, cursor = ''] = /^To go on from here: --cursor (\S+)\n$/.exec(first.output) ?? []
    await service.request('PATCH', '/users/7', { name: 'Ada King' })
    await service.request('POST', '/users', ada)
    await feedShows(service, 7)
    const filter = ['--kind', 'change', '--user', '7', '--since', '2026-01-01T00:00:00Z']
    const second = await run(project, '--url', service.url.href, '--cursor', cursor, ...filter)

    expect([first.code, second.code]).toEqual([0, 0])
    expect(await userIds(project)).toEqual([...upTo(250), 7])
    expect((await events(project)).at(-1)).toEqual({
      id: expect.any(String),
      kind: 'change',
      userId: 7,
      version: 2,
      at: expect.any(String),
      caller: expect.any(String),
      requestId: expect.any(String),
      fields: ['name'],
    })
  })

  test('follows the feed from a cursor, though it is killed and the service goes away', async ({
    service,
    database,
    project,
    proxy,
  }) => {
    await fill(service, database, 3)
    const at = ['--url', proxy.url, '--cursor-file', 'feed.cursor']
    const { next } = await createClient(service.url.href).events.page()
    await project.write('feed.cursor', next)

    const first = start(project, '--follow', ...at)
    const { id } = (await service.request('POST', '/users', ada)).body as { id: number }
    await vi.waitFor(async () => expect(await userIds(project)).toEqual([id]), { timeout: 30_000 })
    await vi.waitFor(async () => expect(await read(project, 'feed.cursor')).toMatch(/[\da-f]\n$/))
    proxy.plan('reset-before', { status: 502, body: 'away' }, 'cut', 'reset-after')
    await service.request('DELETE', `/users/${id}`)
    await vi.waitFor(async () => expect(await userIds(project)).toEqual([id, id]), {
      timeout: 30_000,
    })
    first.child.kill('SIGKILL')
    await first.ended
    await service.request('POST', '/users', grace)
    const second = start(project, '--follow', ...at)
    await vi.waitFor(async () => expect((await userIds(project)).at(-1)).toBe(id + 1), {
      timeout: 30_000,
    })
    second.child.kill('SIGTERM')

    expect(await second.ended).toBe(0)
    expect(second.output()).toBe('')
    // Killed between the line and the cursor, it may print what it has printed.
    const ids = (await events(project)).map((event) => event.id)
    expect(new Set(ids).size).toBe(3)
    expect(ids.length).toBeLessThanOrEqual(4)
  })

  test('keeps no cursor of what it could not print, and ends quietly', async ({
    service,
    database,
    project,
  }) => {
    await fill(service, database, 1_000)
    const command =
      'node scripts/users/events.ts --cursor-file feed.cursor "$@"; echo "code $?" >&2'
    const piped = (reader: string) =>
      project.run('sh', ['-c', `{ ${command}; } | ${reader}`, 'sh', '--url', service.url.href])

    const unread = piped('true')
    await unread.ended

    expect(unread.output()).toBe('code 0\n')
    expect(await read(project, 'feed.cursor')).toBe('')
    const some = piped('head -n 1')
    await some.ended
    expect(some.output()).toMatch(/^\{"id":"[^\n]*\}\ncode 0\n$/)
  })

  test('says how to go on when the database was restored', async ({
    service,
    database,
    project,
  }) => {
    await fill(service, database, 2)
    const { next: cursor } = await createClient(service.url.href).events.page()
    await project.write('feed.cursor', cursor)
    await database.empty()
    await fill(service, database, 2)

    const at = ['--url', service.url.href, '--cursor-file', 'feed.cursor']
    const { code, output } = await run(project, ...at)

    expect(output).toMatch(/^The database was restored, .*users:export -- FILE --cursor-file/)
    expect(code).toBe(6)
    expect(await read(project, 'feed.cursor')).toBe(cursor)
  })

  test('begins at a feed that must be mended first', async ({ service, database }) => {
    await fill(service, database, 2)
    await database.query(`update user_events set transaction_id = '9000000000'`)
    const { signal: stop } = new AbortController()
    const pages = await Array.fromAsync(readPages(createClient(service.url.href), {}, { stop }))
    expect(pages.flatMap((page) => page.events.map(({ userId }) => userId))).toEqual([1, 2])
  })

  type Slip = readonly [what: string, args: readonly string[], code: number, sentence: RegExp]
  const explains = async (
    [, args, due, sentence]: Slip,
    { project, service }: { project: Project; service: Service },
  ) => {
    await project.write('wrong.cursor', '42\n')

    const { code, output } = await run(project, '--url', service.url.href, ...args)

    expect(output).toMatch(sentence)
    expect(code).toBe(due)
    expect(output).not.toMatch(/^\s+at /m)
  }

  test.for<Slip>([
    [
      'a file without a cursor',
      ['--cursor-file', 'wrong.cursor'],
      1,
      /^wrong\.cursor holds no cursor/,
    ],
  ])('explains %s', explains)

  test.for<Slip>([
    ['another kind', ['--kind', 'read'], 2, /^--kind must be one of create, .*\nUsage: npm/],
    ['a cursor that is cut off', ['--cursor', '74.12'], 2, /^This cursor is not one of this feed/],
    ['two places', ['--cursor', 'a', '--cursor-file', 'b'], 2, /^--cursor and --cursor-file both/],
    ['a moment of no day', ['--since', 'today'], 1, /since must be a date and a time/],
    ['another service', ['--url', 'http://127.0.0.1:2'], 1, /^No users service answers at/],
  ])('explains %s', { tags: ['slow'] }, explains)
})
