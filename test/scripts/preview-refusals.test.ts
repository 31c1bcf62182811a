import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, vi } from 'vitest'
import { unstable_readConfig as readConfig } from 'wrangler'
import { readEnvironments } from '../../scripts/deploy/environments.ts'
import { databaseOfPreview, pooledUrl } from '../../scripts/preview/database.ts'
import { waitUntilReady } from '../../scripts/preview/ready.ts'
import { named, test } from '../support/preview-test.ts'

describe('npm run preview', () => {
  const production = readEnvironments().flatMap(({ environment, databaseHost = '' }) => [
    [environment, databaseHost] as const,
    [environment, databaseHost.replace('.', '-pooler.').toUpperCase()] as const,
  ])

  test('does not touch the database', { tags: ['slow'] }, async ({ preview }) => {
    const [environment, host] = production[1] ?? []
    const env = { DATABASE_URL_DIRECT: `postgresql://owner:canary@${host}/users` }

    const { ended, output } = preview.run(named, env)

    expect(await ended).toBe(2)
    expect(output()).toMatch(
      new RegExp(`^\\S+ is the database of ${environment}, which no preview may touch: .+\\n$`),
    )
    expect(output()).not.toContain('canary')
    expect(await preview.calls()).toEqual([])
  })

  afterEach(() => {
    vi.unstubAllEnvs()
  })

  /** What it says of a database before it connects to it. */
  const faultOf = (url: string) => {
    vi.stubEnv('DATABASE_URL_DIRECT', url)
    try {
      return databaseOfPreview(readEnvironments())
    } catch (error) {
      return error
    }
  }
  const refusal = (message: string | RegExp) =>
    expect.objectContaining({ exitCode: 2, message: expect.stringMatching(message) })

  test.for(production)('does not touch the database of %s, %s', ([environment, host]) => {
    const fault = faultOf(`postgresql://owner:canary@${host}/users`)

    expect(fault).toEqual(refusal(`^\\S+ is the database of ${environment}, which no preview may`))
    expect(String(fault)).not.toContain('canary')
  })

  test('does not go round that by a parameter', () => {
    const [{ databaseHost = '' } = {}] = readEnvironments()

    expect(faultOf(`postgresql://owner:canary@127.0.0.1/users?host=${databaseHost}`)).toEqual(
      refusal(
        /^DATABASE_URL_DIRECT has a parameter host: write the host into the address itself\.$/,
      ),
    )
  })

  test('does not take a database of this machine', () => {
    vi.stubEnv('NEON_ENDPOINT', 'http://127.0.0.1:4444/sql')

    expect(faultOf('postgresql://owner@127.0.0.1/users')).toEqual(
      refusal(/ is behind NEON_ENDPOINT, where no preview can reach it/),
    )
  })

  test.for(['', 'Pr-1', '../x', 'a'.repeat(63)])(
    'refuses the name "%s"',
    { tags: ['slow'] },
    async (name, { preview }) => {
      const { ended, output } = preview.run([`--name=${name}`, '--delete'])

      expect(await ended).toBe(2)
      expect(output()).toMatch(/^--name must say .+\nUsage: npm run preview -- --name NAME/)
      expect(await preview.calls()).toEqual([])
    },
  )
})

describe('npm run preview -- --delete', () => {
  test('needs no database', { tags: ['slow'] }, async ({ preview }) => {
    const { ended, output } = preview.run([...named, '--delete'])

    expect(await ended, output()).toBe(0)
    expect(output()).toBe('The preview pr-12 is gone.\n')
    expect(await preview.calls()).toEqual([
      { args: ['preview', 'delete', ...named, '--skip-confirmation', '--env', 'preview'] },
    ])
  })

  test('is content when there is none', { tags: ['slow'] }, async ({ preview }) => {
    const STAND_IN = 'Preview not found. [code: 10025]'

    const { ended, output } = preview.run([...named, '--delete'], { STAND_IN })

    expect(await ended, output()).toBe(0)
    expect(output()).toBe('There is no preview pr-12.\n')
  })

  test('fails when wrangler cannot', { tags: ['slow'] }, async ({ preview }) => {
    const { ended, output } = preview.run([...named, '--delete'], { STAND_IN: 'No.' })

    expect(await ended).toBe(1)
    expect(output()).toContain('wrangler deleted no preview pr-12: see above.')
  })
})

describe('the parts of a preview', () => {
  test("the Worker goes through Neon's pooler, on any other server straight", () => {
    const neon = 'postgresql://u:p@ep-a-1.eu-central-1.aws.neon.tech/db?sslmode=require'

    expect(pooledUrl(neon)).toBe(neon.replace('ep-a-1.', 'ep-a-1-pooler.'))
    expect(pooledUrl('postgresql://u:p@db.example.com/db')).toBe(
      'postgresql://u:p@db.example.com/db',
    )
  })

  test('says what the address answers when it is not ready', async () => {
    const server = createServer((_, response) => response.writeHead(503).end()).listen(0)
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const url = `http://127.0.0.1:${port}`

    await expect(waitUntilReady(url, 100)).rejects.toThrow(
      `The preview is at ${url}, but is not ready: ${url}/readyz says 503.`,
    )
    server.close()
    await once(server, 'close')
    await expect(waitUntilReady(url, 100)).rejects.toThrow('ECONNREFUSED')
  })
})

describe('[env.preview] of wrangler.toml', () => {
  const { workers_dev, preview_urls, routes, previews, ...preview } = readConfig(
    { config: 'wrangler.toml', env: 'preview' },
    { hideWarnings: true },
  )

  test('has addresses for Previews, and none of its own', () => {
    expect({ workers_dev, preview_urls, routes }).toEqual({
      workers_dev: false,
      preview_urls: true,
      routes: undefined,
    })
  })

  test('gives a Preview every binding of the Worker', () => {
    const { ratelimits, version_metadata } = preview

    expect(previews).toEqual({ ratelimits, version_metadata })
    expect(ratelimits).toHaveLength(4)
  })
})
