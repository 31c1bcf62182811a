// Takes over ten seconds: each preview migrates a database and starts the Worker it has uploaded.

import { describe, expect, inject, vi } from 'vitest'
import { named, test } from '../support/preview-test.ts'
import { startService } from '../support/service.ts'

/** Neon's direct hosts lead to this machine, its pooled ones to nothing. */
const neonIsHere = `
import dns from 'node:dns'
const { lookup } = dns
dns.lookup = (host, ...rest) =>
  lookup(/^[^.]+(?<!-pooler)\\..*\\.neon\\.tech$/.test(host) ? '127.0.0.1' : host, ...rest)
`

describe('npm run preview', () => {
  test('migrates a database and makes a Preview that works on it', async ({
    branch,
    preview,
    service,
  }) => {
    const { ended, output } = preview.run(
      named,
      { DATABASE_URL_DIRECT: branch.url },
      service.url.href,
    )

    expect(await ended, output()).toBe(0)
    const [call, ...others] = await preview.calls()
    expect(others).toEqual([])
    expect(call?.args).toEqual([
      ...['preview', '--name', 'pr-12', '--secrets-file', call?.secrets?.file, '--json'],
      ...['--env', 'preview'],
    ])
    expect(call?.secrets?.mode).toBe('600')
    expect(await preview.leftovers()).toEqual([])

    const { DATABASE_URL = '', ...secrets } = call?.secrets?.content ?? {}
    expect(Object.keys(secrets)).toEqual(['API_KEYS'])
    expect(new URL(DATABASE_URL)).toMatchObject({
      username: 'users_preview',
      password: expect.not.stringMatching(new URL(branch.url).password),
      pathname: new URL(branch.url).pathname,
    })
    expect(output()).toContain(`${service.url.href}\nedgeusers_`)
    const [key] = /edgeusers_\S+/.exec(output()) ?? []
    const worker = await startService(inject('workerDir'), {
      ...secrets,
      DATABASE_URL,
      AUTH: 'keys',
      NEON_ENDPOINT: inject('endpointUrl'),
    })
    const headers = { Authorization: `Bearer ${key}` }
    const { status } = await worker.request(
      'POST',
      '/users',
      { name: 'Ada', email: 'ada@example.com' },
      headers,
    )
    await worker.close()
    expect(status).toBe(201)
    expect(await branch.query('select name from users')).toEqual([{ name: 'Ada' }])
  })

  test("migrates Neon's direct host, and gives the Worker the pooled one", {
    tags: ['slow'],
  }, async ({ branch, preview, service }) => {
    await preview.write('neon-is-here.mjs', neonIsHere)
    const hostname = 'ep-branch-1.eu-central-1.aws.neon.tech'
    const env = {
      DATABASE_URL_DIRECT: Object.assign(new URL(branch.url), { hostname }).href,
      NODE_OPTIONS: '--import ./neon-is-here.mjs',
    }

    const { ended, output } = preview.run(named, env, service.url.href)

    expect(await ended, output()).toBe(0)
    const [call] = await preview.calls()
    expect(new URL(call?.secrets?.content['DATABASE_URL'] ?? '').hostname).toBe(
      'ep-branch-1-pooler.eu-central-1.aws.neon.tech',
    )
    expect(await branch.query('select from users')).toEqual([])
  })

  test('prints no key in CI', { tags: ['slow'] }, async ({ branch, preview, service }) => {
    const env = { DATABASE_URL_DIRECT: branch.url, CI: 'true' }

    const { ended, output } = preview.run(named, env, service.url.href)

    expect(await ended, output()).toBe(0)
    expect(output()).toContain(`${service.url.href}\n`)
    expect(output()).not.toMatch(/edgeusers_|The key/)
  })

  test('leaves no secrets behind when wrangler fails', { tags: ['slow'] }, async ({
    branch,
    preview,
  }) => {
    const env = { DATABASE_URL_DIRECT: branch.url, STAND_IN: 'The token is not valid.' }

    const { ended, output } = preview.run(named, env)

    expect(await ended).toBe(1)
    expect(output()).toMatch(/The token is not valid\.\n+wrangler made no preview pr-12: see above/)
    expect(output()).not.toMatch(/edgeusers_|^\s+at /m)
    expect(await preview.leftovers()).toEqual([])
  })

  test.for(['SIGINT', 'SIGTERM'] as const)(
    'leaves no secrets behind at %s',
    { tags: ['slow'] },
    async (signal, { branch, preview }) => {
      const { child, ended } = preview.run(named, {
        DATABASE_URL_DIRECT: branch.url,
        STAND_IN: 'hang',
      })
      await vi.waitUntil(async () => (await preview.calls()).length > 0, { timeout: 60_000 })
      expect(await preview.leftovers()).toHaveLength(1)

      child.kill(signal)

      expect(await ended).toBe(1)
      expect(await preview.leftovers()).toEqual([])
    },
  )

  test('says what is missing when the Preview has no address', { tags: ['slow'] }, async ({
    branch,
    preview,
  }) => {
    const { ended, output } = preview.run(named, { DATABASE_URL_DIRECT: branch.url })

    expect(await ended).toBe(1)
    expect(output()).toContain('The preview pr-12 is there, but has no address.')
  })
})
