import { join } from 'node:path'
import { describe, expect, inject, onTestFinished } from 'vitest'
import { readErasures } from '../../scripts/users/erasures/file.ts'
import { cloneDatabase, type TestDatabase } from '../support/database.ts'
import { feedShows } from '../support/feed.ts'
import { people } from '../support/people.ts'
import { linkProject, type Project } from '../support/project.ts'
import { requesting, startService } from '../support/service.ts'
import { test as base } from '../support/test.ts'
import { asWorker } from '../support/worker-role.ts'

const test = base
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('project', async ({}, { onCleanup }) => {
    const project = await linkProject()
    onCleanup(() => project.remove())
    return project
  })

async function run(project: Project, args: readonly string[], env: Record<string, string> = {}) {
  const command = project.run('node', ['scripts/users/erasures.ts', ...args], env)
  return { code: await command.ended, output: command.output() }
}

/** The database as it is now, in another one. */
async function backUp({ url, query }: TestDatabase): Promise<TestDatabase> {
  await query(
    `select pg_terminate_backend(pid, 5000) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid()`,
  )
  // A template has no sessions: this one ends itself.
  await query('select pg_terminate_backend(pg_backend_pid())').catch(() => {})
  return cloneDatabase(inject('postgresUrl'), url)
}

describe('npm run users:erasures', () => {
  test('erases again in a database that was restored, and nobody who has the id since', async ({
    service,
    database,
    project,
  }) => {
    const [one, two, three, four, five, six] = people(6)
    for (const person of [one, two, three]) {
      await service.request('POST', '/users', person)
    }
    await service.request('DELETE', '/users/2')
    const restored = await backUp(database)
    onTestFinished(() => restored.drop())
    await service.request('POST', '/users', four)
    await service.request('POST', '/users', five)
    for (const id of [1, 2, 4, 5]) {
      await service.request('DELETE', `/users/${id}?erase=true`)
    }

    await feedShows(service, 5)

    const file = ['erasures.ndjson', '--url', service.url.href]
    const exported = await run(project, ['export', ...file])
    const worker = await startService(inject('workerDir'), {
      DATABASE_URL: asWorker(restored.url),
      NEON_ENDPOINT: inject('endpointUrl'),
    })
    onTestFinished(() => worker.close())
    const request = requesting(worker.url)
    // Others, to whom the restored database gives the ids 4 and 5.
    await request('POST', '/users', five)
    await request('POST', '/users', six)
    await request('DELETE', '/users/5')
    const env = { DATABASE_URL_DIRECT: restored.url }
    const replayed = await run(project, ['replay', 'erasures.ndjson'], env)
    const repeated = await run(project, ['replay', 'erasures.ndjson'], env)

    expect(exported).toEqual({
      code: 0,
      output: 'Erasures in erasures.ndjson: 4, of which new: 4.\n',
    })
    expect(replayed.output).toMatch(
      new RegExp(
        '^Erasures in erasures.ndjson: 4, of different users: 4.\n' +
          'Erased again in test_\\w+ at [\\d.]+: 2.\nNot there: 0.\n' +
          'Left alone: 2, who have such an id, but were created after its erasure \\(4, 5\\).\n$',
      ),
    )
    expect(repeated.output).toMatch(/: 0\.\nNot there: 2\.\nLeft alone: 2,/)
    expect([replayed.code, repeated.code]).toEqual([0, 0])
    const ids = (rows: unknown) => (rows as { id: number }[]).map(({ id }) => id)
    expect(ids((await request('GET', '/users')).body)).toEqual([3, 4])
    expect(ids((await request('GET', '/users/deleted')).body)).toEqual([5])
    await feedShows({ request }, 2)
    expect((await request('GET', '/events?kind=erase')).body).toMatchObject([
      { userId: 1, version: 1, caller: 'service', requestId: null },
      { userId: 2, version: 1, caller: 'service', requestId: null },
    ])
    // The file outlives what the restored database has forgotten.
    const kept = await run(project, ['export', 'erasures.ndjson', '--url', worker.url.href])
    expect(kept.output).toBe('Erasures in erasures.ndjson: 6, of which new: 2.\n')
  })

  const erasure = { kind: 'erase', userId: 1, at: '2026-11-22T09:16:49.123+00:00' }
  const lines = (...values: unknown[]) =>
    values.map((value) => `${JSON.stringify(value)}\n`).join('')

  test('erases nobody for a file of other events', async ({ project, service, database }) => {
    await service.request('POST', '/users', people(1)[0])
    const text = lines(erasure, { ...erasure, at: '2100-01-01T00:00:00Z', kind: 'delete' })
    await project.write('events.ndjson', text)

    const env = { DATABASE_URL_DIRECT: database.url }
    const { code, output } = await run(project, ['replay', 'events.ndjson'], env)

    expect(output).toMatch(/^Line 2 of events\.ndjson is no erasure, so nothing was done\. /)
    expect(code).toBe(1)
    expect(await database.query('select id from users')).toHaveLength(1)
  })

  test('reads what psql writes, and no line that is cut off', async ({ project }) => {
    const file = join(project.directory, 'erasures.ndjson')

    await project.write('erasures.ndjson', lines(erasure))
    expect(await readErasures(file)).toEqual([erasure])
    await project.write('erasures.ndjson', `${lines(erasure)}{"kind":"erase","userId":2`)
    await expect(readErasures(file)).rejects.toThrow(/^Line 2 of .+ is no erasure/)
    await expect(readErasures(`${file}.none`)).rejects.toThrow(/^ENOENT: no such file/)
  })

  test.for([
    ['a service', ['replay', 'a.ndjson', '--url', 'http://a.b'], /^replay .* takes no --url\./],
    ['no word', ['a.ndjson'], /^Say what to do: export or replay\.\nUsage: npm run users:erasures/],
  ] as const)('explains %s', { tags: ['slow'] }, async ([, args, sentence], { project }) => {
    const { code, output } = await run(project, args)

    expect(output).toMatch(sentence)
    expect(code).toBe(2)
  })
})
