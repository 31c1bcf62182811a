import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, parseCLI, type TestSpecification } from 'vitest/node'
import { quietWrangler } from './scripts/command/wrangler.ts'
import { workerEnv } from './test/support/worker-bindings.ts'

// For the plugin, which runs wrangler in this process, and for the workers, which inherit it.
Object.assign(process.env, quietWrangler)

const project = (name: string, include: string, options: object) => ({
  extends: true as const,
  test: { name, include: [include], ...options },
})

const drizzleTest = 'packages/neon-local/test/drizzle.test.ts'

const isOfService = ({ moduleId }: TestSpecification) => moduleId.includes('/test/service/')

/** Such a file says so, and why, at its top. */
const takesLong = ({ moduleId }: TestSpecification) =>
  /over ten seconds/.test(readFileSync(moduleId, 'utf8').slice(0, 100))

/**
 * The service first: its deadlines are real, and the others start many processes beside it. Then what
 * takes long: begun last, it would leave the other cores without work at the end.
 */
class ServiceFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = (file: TestSpecification) => {
      if (isOfService(file)) {
        return 0
      }
      return takesLong(file) ? 1 : 2
    }
    const sorted = await super.sort(files)
    return sorted.toSorted((one, other) => rank(one) - rank(other))
  }
}

const unitTests = 'test/worker/**/*.test.ts'

/**
 * In workerd as the Worker is, but not in `npm test`: to get there takes ten seconds of CPU, and Node
 * runs them in one. Left out when every file named lies in another folder.
 */
async function workerProjects() {
  const { filter, options } = parseCLI(['vitest', ...process.argv.slice(2)])
  if (filter.length > 0 && filter.every((file) => /^packages\/|(?:^|\/)test\/(?!w)/.test(file))) {
    return []
  }
  if ([options.project].flat().includes('!worker')) {
    const alias = { 'cloudflare:workers': `${import.meta.dirname}/test/support/worker-env.ts` }
    return [project('worker-in-node', unitTests, { isolate: false, alias })]
  }
  const { cloudflareTest } = await import('@cloudflare/vitest-plugin')
  const plugin = cloudflareTest(({ inject }) => ({
    wrangler: { configPath: './wrangler.toml' },
    miniflare: { bindings: workerEnv(inject) },
  }))
  return [{ plugins: [plugin], ...project('worker', unitTests, { isolate: false }) }]
}

// biome-ignore lint/style/noDefaultExport: vitest reads the default export.
export default defineConfig({
  test: {
    globalSetup: 'test/support/global-setup.ts',
    tags: [
      { name: 'slow', description: 'Of `npm run test:all` alone: cross products, long waits.' },
    ],
    // The tests wait for processes and databases as much as they compute.
    maxWorkers: Math.ceil(availableParallelism() * 2),
    sequence: { sequencer: ServiceFirst },
    // For what hangs. A machine that is busy with other things may be ten times slower.
    testTimeout: 90_000,
    hookTimeout: 90_000,
    expect: { poll: { timeout: 10_000 } },
    projects: [
      // Over HTTP and through commands: nothing is shared in the process, so nothing to isolate.
      project('node', '{test/{service,scripts,console},packages/*/test}/**/*.test.ts', {
        isolate: false,
        exclude: [drizzleTest],
      }),
      // Apart, because Drizzle changes the driver's parsers for the whole process.
      project('node-drizzle', drizzleTest, {}),
      // They share a service and a Chromium.
      project('browser', 'test/browser/**/*.test.ts', { isolate: false }),
      project('long', 'test/long/**/*.test.ts', {}),
      ...(await workerProjects()),
    ],
  },
})
