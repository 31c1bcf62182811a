import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { describe, expect, test } from 'vitest'
import { createTestHarness, unstable_readConfig as readConfig } from 'wrangler'

const read = (env: string) => readConfig({ config: 'wrangler.toml', env }, { hideWarnings: true })

const environments = ['production', 'staging'].map(read)
type Limit = { name: string; simple: { limit: number; period: number } }

const namespaceIds = ({ ratelimits }: ReturnType<typeof read>) =>
  ratelimits.map(({ namespace_id }: { namespace_id: string }) => namespace_id)

describe.for([
  ['as it stands', read('')],
  ...environments.map((each) => [each.name, each] as const),
] as const)('the Worker %s', ([, config]) => {
  test('has no address of Cloudflare', () => {
    expect(config).toMatchObject({ workers_dev: false, preview_urls: false })
  })

  test('is uploaded small, with what makes its stack traces readable', () => {
    expect(config).toMatchObject({ minify: true, upload_source_maps: true })
  })

  test('hands out its pages itself', () => {
    expect(config.assets).toMatchObject({ binding: 'ASSETS', run_worker_first: true })
  })

  test('logs every request, and no query string', () => {
    expect(config.observability).toMatchObject({
      enabled: true,
      redact_query_string: true,
      logs: { head_sampling_rate: 1 },
      traces: { enabled: true, head_sampling_rate: 0.05 },
    })
  })

  test('knows its version', () => {
    expect(config.version_metadata).toEqual({ binding: 'CF_VERSION_METADATA' })
  })

  test('has every limit', () => {
    expect(
      config.ratelimits.map(({ name, simple }: Limit) => [name, simple.limit, simple.period]),
    ).toEqual([
      ['RATE_LIMIT_CALLERS', 1_200, 60],
      ['RATE_LIMIT_BULK', 300, 60],
      ['RATE_LIMIT_SEARCHES', 300, 60],
      ['RATE_LIMIT_ADDRESSES', 120, 60],
    ])
  })

  test('forgets idempotency keys every hour', () => {
    expect(config.triggers.crons).toEqual(['17 * * * *'])
  })

  test('may work for five minutes', () => {
    expect(config.limits?.cpu_ms).toBe(300_000)
  })

  test('has no variables: they are secrets', () => {
    expect(config.vars).toEqual({})
  })
})

describe('wrangler.toml', () => {
  test('gives the Worker an address only where it is deployed', () => {
    expect(read('').routes ?? []).toEqual([])
    for (const { routes } of environments) {
      expect(routes).toMatchObject([{ custom_domain: true }])
    }
  })

  test('places each Worker beside a database', () => {
    for (const { placement } of environments) {
      expect(placement).toEqual({ host: expect.stringMatching(/^ep-[\w-]+\.[\w.-]+:5432$/) })
    }
  })

  test('shares nothing between environments', () => {
    for (const of of [
      [read(''), ...environments].map(({ name }) => name),
      environments.map(({ routes }) => JSON.stringify(routes)),
      environments.map(({ placement }) => JSON.stringify(placement)),
      environments.flatMap(namespaceIds),
    ]) {
      expect(new Set(of).size).toBe(of.length)
    }
  })
})

describe('.dev.vars.example', () => {
  test('reaches the Worker, line by line', { tags: ['slow'] }, async () => {
    const example = (await readFile('.dev.vars.example', 'utf8')).replaceAll(
      /^# (?=[A-Z_]+=)/gm,
      '',
    )
    const folder = await mkdtemp(join(tmpdir(), 'variables-'))
    const toml = (await readFile('wrangler.toml', 'utf8'))
      .replace('src/worker.ts', 'worker.js')
      .replace('command = "node scripts/build/site.ts"', '')
    await mkdir(join(folder, 'dist/pages'), { recursive: true })
    await writeFile(join(folder, 'wrangler.toml'), toml)
    await writeFile(join(folder, '.dev.vars'), example)
    await writeFile(
      join(folder, 'worker.js'),
      'export default { fetch: (request, env) => Response.json(env) }',
    )
    const harness = createTestHarness({ workers: [{ configPath: join(folder, 'wrangler.toml') }] })

    const { url } = await harness.listen()
    const env = await (await fetch(url)).json()
    await harness.close()

    expect(env).toMatchObject(parseEnv(example))
    expect(Object.keys(parseEnv(example)).length).toBeGreaterThan(7)
  })
})
