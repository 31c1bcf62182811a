import { test as base, describe, expect, inject } from 'vitest'
import { expectFree } from '../support/ports.ts'
import { linkProject } from '../support/project.ts'

const cors = ['http://localhost:3000', 'https://app.example']

const test = base
  // Of the file: to make the data folder takes longer than all the rest of a start.
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('project', { scope: 'file' }, async ({}, { onCleanup }) => {
    const project = await linkProject()
    onCleanup(() => project.remove())
    return project
  })
  /** In front of the PostgreSQL of the tests. */
  .extend('alone', { scope: 'file' }, async ({ project }, { onCleanup }) => {
    const command = project.run('node', [
      ...['scripts/dev/neon-local.ts', '--postgres-url', inject('emptyUrl')],
      ...['--log-sql', '--faults', ...cors.flatMap((origin) => ['--cors', origin])],
    ])
    onCleanup(() => void command.child.kill('SIGINT'))
    const [, url = '', endpoint = ''] = printed.exec(await command.prints(printed)) ?? []
    return { command, url, endpoint }
  })

const printed = /^DATABASE_URL=(\S+)\nNEON_ENDPOINT=(\S+)\n/

const select = (
  endpoint: string,
  url: string,
  headers: Record<string, string> = {},
  query = 'select 1 as one',
) =>
  fetch(endpoint, {
    method: 'POST',
    headers: { 'Neon-Connection-String': url, ...headers },
    body: JSON.stringify({ query }),
  })

describe('npm run neon:local', () => {
  test('serves a database of its own, and leaves nothing at Ctrl-C', async ({ project }) => {
    const command = project.run('node', ['scripts/dev/neon-local.ts'])
    const [text, url = '', endpoint = ''] = printed.exec(await command.prints(printed)) ?? []

    const response = await select(endpoint, url)
    command.child.kill('SIGINT')

    expect(await response.json()).toMatchObject({ rows: [{ one: 1 }] })
    expect(await command.ended).toBe(0)
    expect(command.output()).toBe(text)
    for (const served of [url, endpoint]) {
      await expectFree(Number(new URL(served).port))
    }
  })

  test.for(['SIGINT', 'SIGTERM'] as const)(
    'leaves nothing when npm alone gets %s',
    { tags: ['slow'] },
    async (signal, { project }) => {
      const command = project.run('npm', ['run', '--silent', 'neon:local'])
      const [, url = '', endpoint = ''] = printed.exec(await command.prints(printed)) ?? []

      command.child.kill(signal)

      await command.ended
      for (const served of [url, endpoint]) {
        await expectFree(Number(new URL(served).port))
      }
    },
  )

  test('serves the endpoint alone in front of another PostgreSQL', async ({ alone }) => {
    const { command, url, endpoint } = alone

    const plain = await select(endpoint, url)
    const spoiled = await select(endpoint, url, { 'Neon-Local-Fault': 'quota' })

    expect(url).toBe(inject('emptyUrl'))
    expect([plain.status, spoiled.status]).toEqual([200, 402])
    await expect.poll(command.output).toMatch(/^sql \d+\.\d ms: select 1 as one$/m)
  })

  test("prints the superuser's address when asked for, and the owner's as ever", {
    tags: ['slow'],
  }, async ({ project }) => {
    const command = project.run('node', ['scripts/dev/neon-local.ts', '--superuser'])
    const whole = /^DATABASE_URL=(\S+)\nNEON_ENDPOINT=(\S+)\nSUPERUSER_URL=(\S+)\n$/
    const [, url = '', endpoint = '', superuserUrl = ''] =
      whole.exec(await command.prints(whole)) ?? []

    const roles = await Promise.all(
      [url, superuserUrl].map(async (each) => {
        const query =
          'select current_database(), rolsuper from pg_roles where rolname = current_user'
        const answer = await select(endpoint, each, {}, query)
        return Object(await answer.json()).rows
      }),
    )
    command.child.kill('SIGINT')

    expect(roles).toEqual([
      [{ current_database: 'edge_users', rolsuper: false }],
      [{ current_database: 'edge_users', rolsuper: true }],
    ])
    expect(await command.ended).toBe(0)
  })

  test('answers the pages of the origins that are given, and no others', async ({ alone }) => {
    const answers = await Promise.all(
      [...cors, 'https://evil.example'].map((Origin) =>
        select(alone.endpoint, alone.url, { Origin }),
      ),
    )

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 403])
  })

  test.for([
    [['--cors', 'localhost:3000'], /^localhost:3000 is not the origin of a web page/],
    [['--superuser', '--postgres-url', 'postgresql://localhost'], /^--superuser is for/],
  ] as const)(
    'explains options that do not fit: %j',
    { tags: ['slow'] },
    async ([options, sentence], { project }) => {
      const command = project.run('node', ['scripts/dev/neon-local.ts', ...options])

      expect(await command.ended).not.toBe(0)
      expect(command.output()).toMatch(sentence)
      expect(command.output()).not.toMatch(/^\s+at /m)
    },
  )

  test('explains a port that is none', async ({ project }) => {
    const command = project.run('node', ['scripts/dev/neon-local.ts', '--port', '70000'])

    expect(await command.ended).toBe(2)
    expect(command.output()).toMatch(/^--port must be a number.*\nUsage: npm run neon:local/)
  })
})
